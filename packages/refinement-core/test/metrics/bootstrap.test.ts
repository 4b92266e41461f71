import { expect, test } from "vitest";
import { bootstrapInterval, bootstrapMean } from "../../src/metrics/bootstrap.js";
import { normals } from "../support/normal.js";

test("the interval of a mean covers it about as often as it says, and its width is the theory's", () => {
  let covered = 0;
  let width = 0;
  for (let trial = 0; trial < 200; trial++) {
    const { lower, upper } = bootstrapMean(normals(60, trial), { seed: trial, resamples: 200, level: 0.9 });
    if (lower < 0 && upper > 0) covered++;
    width += (upper - lower) / 200;
  }
  // 180 expected of 200, standard deviation 4.2; percentile intervals of 60 values cover a little less.
  expect(covered).toBeGreaterThan(165);
  expect(covered).toBeLessThan(194);
  expect(width).toBeGreaterThan(0.9 * 2 * 1.645 * Math.sqrt(1 / 60));
  expect(width).toBeLessThan(1.1 * 2 * 1.645 * Math.sqrt(1 / 60));
});

test("the same seed gives the same interval, another seed another", () => {
  const values = normals(50, 1);
  const run = (seed: number): unknown => bootstrapMean(values, { seed, resamples: 50 });
  expect(run(3)).toEqual(run(3));
  expect(run(3)).not.toEqual(run(4));
});

test("any statistic of items: a median, with its estimate on the data as they are", () => {
  const values = normals(101, 5);
  const median = (items: Uint32Array): number =>
    Float64Array.from(items, (item) => values[item]!).sort()[Math.floor(items.length / 2)]!;
  const interval = bootstrapInterval(101, median, { seed: 1 });
  expect(interval.estimate).toBe(values.slice().sort()[50]);
  expect(interval.lower).toBeLessThanOrEqual(interval.estimate);
  expect(interval.upper).toBeGreaterThanOrEqual(interval.estimate);
});

test("a constant has no width", () => {
  expect(bootstrapMean([2, 2, 2], { seed: 0 })).toEqual({ estimate: 2, lower: 2, upper: 2, standardError: 0 });
});

test("bad settings are refused", () => {
  expect(() => bootstrapMean([], { seed: 0 })).toThrow("at least 1 items");
  expect(() => bootstrapMean([1], { seed: 0, level: 1 })).toThrow("confidence level");
  expect(() => bootstrapMean([1], { seed: 0, resamples: 1 })).toThrow("at least 2 resamples");
  expect(() => bootstrapMean([1], { seed: -1 })).toThrow("seed");
});
