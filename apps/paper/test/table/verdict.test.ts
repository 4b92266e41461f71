import { expect, test } from "vitest";
import { FULL } from "../../src/settings.js";
import { spacingWith } from "../../src/table/metrics.js";
import { verdictOf, type Claim } from "../../src/table/verdict.js";

const claim = (...names: readonly string[]): Claim => ({
  statement: "b is smaller than a",
  readings: names.map((name) => ({ name, metric: "error", weights: { [`${name} a`]: 1, [`${name} b`]: -1 } })),
});

const outcomes = (figures: Record<string, readonly (number | null)[]>, ...names: readonly string[]) => {
  const { outcome, readings } = verdictOf(claim(...names), (variant) => figures[variant]!);
  return [outcome, ...readings.map((reading) => reading.outcome)];
};

const far = { "far a": [2, 2.1, 1.9], "far b": [1, 1.1, 0.8] };
const near = { "near a": [2, 2.1, 1.9], "near b": [1.95, 2.1, 1.9] };
const wrong = { "wrong a": [1, 1.1, 0.8], "wrong b": [2, 2.1, 1.9] };
const open = { "open a": [null, 900, null], "open b": [400, 500, 450] };

test("a difference beyond its whole interval decides, on either side; a smaller one does not", () => {
  expect(outcomes(far, "far")).toEqual(["supported", "supported"]);
  expect(outcomes(wrong, "wrong")).toEqual(["not supported", "contradicted"]);
  expect(outcomes(near, "near")).toEqual(["not supported", "not shown"]);
  expect(outcomes({ ...far, ...wrong }, "far", "wrong")).toEqual(["depends", "supported", "contradicted"]);
});

test("differences are those of seeds, with Student's interval", () => {
  const [reading] = verdictOf(claim("d"), (variant) => (variant === "d a" ? [10, 20, 30] : [9, 18, 27])).readings;
  // 1, 2 and 3: a deviation of 1, and 4.303 for two degrees of freedom. The seeds' own differences of 10 have no part in it.
  expect(reading).toMatchObject({ difference: 2, half: expect.closeTo(4.303 / Math.sqrt(3), 9) as number });
  // More than twice the standard error, and within the interval.
  expect(2 * Math.sqrt(1 / 3)).toBeLessThan(2);
  expect(reading!.outcome).toBe("not shown");
});

test("what is seen at the same look by all seeds is known no better than looks are apart", () => {
  const steps: Claim = {
    statement: "b is sooner",
    readings: [{ name: "b", metric: "steps018", weights: { a: 1, b: -1 } }],
  };
  const judged = (a: number, b: number) => verdictOf(steps, (variant) => (variant === "a" ? [a, a, a] : [b, b, b]), spacingWith(FULL)).readings[0]!; // prettier-ignore
  // Looks of the first epoch: after 39, 49, ..., 166 and 176 steps.
  expect(judged(176, 49)).toMatchObject({ outcome: "supported", difference: 127, half: expect.closeTo(4.303 * Math.sqrt(200 / 12), 9) as number }); // prettier-ignore
  expect(judged(59, 49)).toMatchObject({ outcome: "not shown", difference: 10 });
  // Of late epochs there is one look at the end, 234 steps after the one before.
  expect(judged(7020, 6786)).toMatchObject({ outcome: "not shown", half: expect.closeTo((4.303 * 234) / Math.sqrt(6), 9) as number }); // prettier-ignore
  // Control: a figure that is measured as it is has no looks.
  expect(spacingWith(FULL)("error", 0.01)).toBe(0);
});

test("a target that one side never reaches is reached by the other; one that some seeds reach, or neither side, decides nothing", () => {
  const never = { "m a": [null, null, null], "m b": [400, 500, 450] };
  expect(outcomes(never, "m")).toEqual(["supported", "supported"]);
  expect(outcomes({ "m a": never["m b"], "m b": never["m a"] }, "m")).toEqual(["not supported", "contradicted"]);
  expect(outcomes(open, "open")).toEqual(["undecided", "undecided"]);
  expect(outcomes({ "open a": open["open b"], "open b": open["open a"] }, "open")).toEqual(["undecided", "undecided"]);
  expect(outcomes({ "m a": [null, null], "m b": [null, null] }, "m")).toEqual(["undecided", "undecided"]);
  expect(outcomes({ "m a": [null], "m b": [400] }, "m")).toEqual(["undecided", "undecided"]);
});

test("an undecided reading leaves a statement undecided only where it could still change what becomes of it", () => {
  expect(outcomes({ ...far, ...open }, "far", "open")[0]).toBe("undecided");
  expect(outcomes({ ...wrong, ...open }, "wrong", "open")[0]).toBe("undecided");
  expect(outcomes({ ...far, ...wrong, ...open }, "far", "wrong", "open")[0]).toBe("depends");
});

test("one seed decides nothing, and shows its difference", () => {
  const one = verdictOf(claim("one"), (variant) => (variant === "one a" ? [2] : [1]));
  expect(one).toMatchObject({ outcome: "undecided", readings: [{ difference: 1, half: null }] });
});

test("control: equal figures are no difference in any direction", () => {
  expect(outcomes({ "same a": [1, 2, 3], "same b": [1, 2, 3] }, "same")).toEqual(["not supported", "not shown"]);
});
