import assert from "node:assert/strict";
import { NextscaleError, philox4x32 } from "@nextscale/engine";

/* A user's first lines in plain JavaScript. */

const out = new Uint32Array(4);
philox4x32([0, 0, 0, 0], [0, 0], out);
assert.equal(out[0], 0x6627e8d5, "the first known answer of Philox4x32-10");
assert.ok(new NextscaleError({ code: "shape", where: "here", expected: "a", got: "b" }) instanceof Error);
