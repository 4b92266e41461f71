import { expect, test } from "vitest";
import { ownErrors } from "../packages/consumer.mjs";
import { contentProblems } from "../packages/tarball.mjs";
import { publishedPackages } from "../packages/workspace.mjs";

const GOOD = ["LICENSE", "README.md", "package.json", "dist/index.js", "dist/index.d.ts", "src/index.ts"];

test("a tarball with what it needs and nothing else passes", () => {
  expect(contentProblems(GOOD, () => true)).toEqual([]);
});

test("a missing licence, a test, the compiler's notes and a left-over file are each named", () => {
  expect(contentProblems(GOOD.slice(1), () => true)).toEqual(["LICENSE is not in the tarball"]);
  for (const stray of ["test/a.ts", "src/a.test.ts", "dist/.tsbuildinfo", "node_modules/x/index.js"]) {
    expect(contentProblems([...GOOD, stray], () => true)).toEqual([`${stray} does not belong in the tarball`]);
  }
  expect(contentProblems(GOOD, () => false)).toHaveLength(1);
});

test("errors in our types and in the user's program count, those in other packages' types do not", () => {
  const others = "node_modules/@tensorflow/tfjs-core/dist/hash_util.d.ts(2,49): error TS2304: Cannot find name 'Long'.";
  const library = "../../lib/lib.dom.d.ts(24,1): error TS6200: Definitions conflict.";
  const ours = "node_modules/@nextscale/engine/dist/index.d.ts(1,1): error TS2304: Cannot find name 'X'.\n  detail";
  const program = "library.ts(7,12): error TS2345: Not assignable.";
  const settings = "error TS2688: Cannot find type definition file for 'node'.";
  expect(ownErrors({ output: [others, library].join("\n") })).toBeUndefined();
  for (const own of [ours, program, settings]) {
    expect(ownErrors({ output: [others, own, library].join("\n") })).toBe(own);
  }
});

test("every package is found, with its entry points and programs", () => {
  const packages = new Map(publishedPackages().map((project) => [project.name, project]));
  expect(packages.get("@nextscale/engine")?.entryPoints).toEqual([
    "@nextscale/engine",
    "@nextscale/engine/node",
    "@nextscale/engine/web",
  ]);
  expect(packages.get("nextscale")?.programs).toEqual(["nextscale"]);
  expect(packages.has("@nextscale/tools")).toBe(false);
});
