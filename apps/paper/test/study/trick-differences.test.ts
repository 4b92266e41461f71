import { expect, test } from "vitest";
import { differenceOf, verdictOfDifference } from "../../src/study/tricks/difference.js";

const seed = (value: number, resampled: readonly number[] = []) => ({ value, resampled });

test("of one seed the interval is that of the differences of resamples, not of the resamples", () => {
  const before = seed(10, [9, 10, 11]);
  // Resampled together: all differences are the same.
  expect(differenceOf([before], [seed(8, [7, 8, 9])])).toEqual({ mean: -2, lower: -2, upper: -2 });
  const { mean, lower, upper } = differenceOf([before], [seed(8, [9, 8, 7])]);
  expect(mean).toBe(-2);
  // Differences 0, -2, -4: a deviation of 2.
  expect(upper - mean).toBeCloseTo(1.96 * 2, 9);
  expect(mean - lower).toBeCloseTo(1.96 * 2, 9);
});

test("of several seeds it is Student's, of the differences of seeds", () => {
  const before = [seed(10), seed(20), seed(30)];
  const { mean, lower, upper } = differenceOf(before, [seed(11), seed(22), seed(33)]);
  expect(mean).toBeCloseTo(2, 9);
  // t with two degrees of freedom is 4.303; the deviation is 1.
  expect(upper - mean).toBeCloseTo(4.303 / Math.sqrt(3), 6);
  expect(mean - lower).toBeCloseTo(4.303 / Math.sqrt(3), 6);
  // 2.228 with ten degrees of freedom.
  const many = Array.from({ length: 11 }, (_, i) => seed(i));
  const wide = differenceOf(many.map(() => seed(0)), many); // prettier-ignore
  expect(((wide.upper - wide.mean) * Math.sqrt(11)) / Math.sqrt(11)).toBeCloseTo(2.228, 2);
});

test("a verdict is for whole intervals", () => {
  expect(verdictOfDifference({ mean: -1, lower: -2, upper: -0.1 }, "less")).toBe("helps");
  expect(verdictOfDifference({ mean: -1, lower: -2, upper: -0.1 }, "more")).toBe("harms");
  expect(verdictOfDifference({ mean: 1, lower: 0.1, upper: 2 }, "less")).toBe("harms");
  expect(verdictOfDifference({ mean: 1, lower: 0.1, upper: 2 }, "more")).toBe("helps");
  expect(verdictOfDifference({ mean: -1, lower: -2, upper: 0.1 }, "less")).toBe("no difference seen");
});
