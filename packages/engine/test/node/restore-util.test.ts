import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { restoreRemovedUtil } from "../../src/node/restore-util.js";

test("what Node 23 removed from util is there again, and means the same", () => {
  const util: Record<string, unknown> = {};
  restoreRemovedUtil(util);
  const isNullOrUndefined = util["isNullOrUndefined"] as (value: unknown) => boolean;
  const isArray = util["isArray"] as (value: unknown) => boolean;
  expect([null, undefined, 0, "", false, {}].map(isNullOrUndefined)).toEqual([true, true, false, false, false, false]);
  expect([[], [1], {}, null, new Float32Array(1)].map(isArray)).toEqual([true, true, false, false, false]);
});

test("the module that require('util') gives accepts it, and what is there stays", () => {
  const util = createRequire(import.meta.url)("node:util") as Record<string, unknown>;
  const { isArray, inspect } = util;
  const descriptor = Object.getOwnPropertyDescriptor(util, "isNullOrUndefined");
  delete util["isNullOrUndefined"];
  restoreRemovedUtil(util);
  expect((util["isNullOrUndefined"] as (value: unknown) => boolean)(null)).toBe(true);
  expect(util["isArray"]).toBe(isArray);
  expect(util["inspect"]).toBe(inspect);
  if (descriptor === undefined) delete util["isNullOrUndefined"];
  else Object.defineProperty(util, "isNullOrUndefined", descriptor);
});
