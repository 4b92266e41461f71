import { NextscaleError } from "@nextscale/engine";
import { CommanderError } from "commander";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { reportFailure } from "../src/failure.js";

beforeAll(() => void vi.stubEnv("NEXTSCALE_DEBUG", ""));
afterAll(() => void vi.unstubAllEnvs());

/** Exit code and words. */
function report(error: unknown, signal = new AbortController().signal): [number, string] {
  let written = "";
  const code = reportFailure(error, signal, { write: (text) => (written += text) });
  return [code, written];
}

const full = new NextscaleError({ code: "unwritable", where: "output", expected: "to write a.png", got: "ENOSPC" });

test("a failure of ours is its message, anything else a bug, and both end with 1", () => {
  expect(report(full)).toEqual([1, "nextscale: output: expected to write a.png, got ENOSPC\n"]);
  expect(report(new TypeError("x is undefined"))).toEqual([
    1,
    expect.stringMatching(/this is a bug in nextscale[^]*TypeError: x is undefined/),
  ]);
});

test("help is no failure, a mistake in the options is one", () => {
  expect(report(new CommanderError(0, "commander.help", ""))).toEqual([0, ""]);
  expect(report(new CommanderError(2, "commander.unknownOption", ""))).toEqual([1, ""]);
});

test("after Ctrl-C only what stopped because of it says that nothing was written; all end with 130", () => {
  const signal = AbortSignal.abort();
  expect(report(signal.reason, signal)).toEqual([130, expect.stringMatching(/interrupted: nothing was written/)]);
  expect(report(full, signal)).toEqual([130, "nextscale: output: expected to write a.png, got ENOSPC\n"]);
  const bug = report(new TypeError("x is undefined"), signal);
  expect(bug).toEqual([130, expect.stringMatching(/this is a bug in nextscale[^]*TypeError: x is undefined/)]);
});
