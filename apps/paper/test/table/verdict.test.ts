import { expect, test } from "vitest";
import { verdictOf, type Claim } from "../../src/table/verdict.js";

const claim = (...names: readonly string[]): Claim => ({
  statement: "b is smaller than a",
  readings: names.map((name) => ({ name, metric: "error", weights: { [`${name} a`]: 1, [`${name} b`]: -1 } })),
});

const outcomes = (figures: Record<string, readonly (number | null)[]>, ...names: readonly string[]) => {
  const { outcome, readings } = verdictOf(claim(...names), (variant) => figures[variant]!);
  return [outcome, ...readings.map((reading) => reading.outcome)];
};

const far = { "far a": [2, 2.1, 1.9], "far b": [1, 1.1, 0.9] };
const near = { "near a": [2, 2.1, 1.9], "near b": [1.95, 2.1, 1.9] };
const wrong = { "wrong a": [1, 1.1, 0.9], "wrong b": [2, 2.1, 1.9] };

test("a difference beyond twice its standard error decides, on either side; a smaller one does not", () => {
  expect(outcomes(far, "far")).toEqual(["supported", "supported"]);
  expect(outcomes(wrong, "wrong")).toEqual(["not supported", "contradicted"]);
  expect(outcomes(near, "near")).toEqual(["not supported", "not shown"]);
  expect(outcomes({ ...far, ...wrong }, "far", "wrong")).toEqual(["depends", "supported", "contradicted"]);
});

test("the difference and its standard error are those of independent means", () => {
  const [reading] = verdictOf(claim("far"), (variant) => far[variant as keyof typeof far]).readings;
  // Each variance is 0.01, of a mean of three a third of that.
  expect(reading!.difference).toBeCloseTo(1, 12);
  expect(reading!.error).toBeCloseTo(Math.sqrt(0.02 / 3), 12);
});

test("a target that one side never reaches is reached by the other; one that both miss decides nothing", () => {
  const missed = { "m a": [null, 900, null], "m b": [400, 500, 450] };
  expect(outcomes(missed, "m")).toEqual(["supported", "supported"]);
  expect(outcomes({ "m a": missed["m b"], "m b": missed["m a"] }, "m")).toEqual(["not supported", "contradicted"]);
  expect(outcomes({ "m a": [null, null], "m b": [null, null] }, "m")).toEqual(["undecided", "undecided"]);
});

test("one seed decides nothing, and shows its difference", () => {
  const one = verdictOf(claim("one"), (variant) => (variant === "one a" ? [2] : [1]));
  expect(one).toMatchObject({ outcome: "undecided", readings: [{ difference: 1, error: null }] });
});

test("control: equal figures are no difference in any direction", () => {
  expect(outcomes({ "same a": [1, 2, 3], "same b": [1, 2, 3] }, "same")).toEqual(["not supported", "not shown"]);
});
