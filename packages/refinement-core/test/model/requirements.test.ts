import { isNextscaleError } from "@nextscale/engine";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { requireArgument, requireOptions, wholeWithin, within } from "../../src/model/requirements.js";

const REQUIREMENTS = { share: within(0, 1), count: wholeWithin(1, 9) };
const check = (options: unknown) => requireOptions("here", options as object, REQUIREMENTS);

test("right, undefined and missing options pass; wrong ones are refused by name and shown", () => {
  for (const options of [{}, { share: 0, count: 9 }, { share: undefined }, Object.create(null)]) check(options);
  expect(() => check({ share: 2 })).toThrow("here: expected share to be a number from 0 to 1, got 2");
  expect(() => check({ count: 1.5 })).toThrow("here: expected count to be a whole number from 1 to 9, got 1.5");
  expect(() => check({ toString: 1 })).toThrow(
    'here: expected options among share, count, got "toString"; correct the name or leave it out',
  );
  expect(() => check(null)).toThrow("here: expected the options to be an object, got null");
});

test("whatever comes, nothing but a typed error is thrown, and a short one", () => {
  const endless: unknown[] = [];
  endless.push(endless);
  const odd = [
    Symbol("a"),
    1n,
    Object.create(null),
    endless,
    () => 1,
    new Proxy({}, {}),
    "x".repeat(1e5),
    new Array(1e6),
  ];
  const value = fc.oneof(fc.constantFrom(...odd), fc.anything({ withNullPrototype: true, withSparseArray: true }));
  const never = { expected: "nothing", fits: () => false };
  const refused = fc.property(value, (got) => {
    try {
      requireArgument("here", "it", got, never);
    } catch (error) {
      return isNextscaleError(error, "invalid-argument") && error.message.length < 2000;
    }
    return false;
  });
  fc.assert(refused, { numRuns: 300, seed: 1 });
});
