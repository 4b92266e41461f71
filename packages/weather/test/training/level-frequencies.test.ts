import { expect, test } from "vitest";
import { levelFrequencies } from "../../src/training/level-frequencies.js";

/** 400 observations of two coordinates at 41 levels: one of deviation 6, one that is nearly always at the middle. */
const LEVELS = 41;
const wide = Array.from({ length: LEVELS }, (_, level) => Math.round(26.6 * Math.exp(-((level - 20) ** 2) / 72)));
const narrow = Array.from({ length: LEVELS }, (_, level): number =>
  level === 20 ? 380 : Math.abs(level - 20) === 1 ? 10 : 0,
);
const frequencies = levelFrequencies(Float64Array.from([...wide, ...narrow]), LEVELS);
const of = (coordinate: number) => frequencies.subarray(coordinate * LEVELS, (coordinate + 1) * LEVELS);
const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
const varianceOf = (values: Float64Array) => values.reduce((sum, value, level) => sum + value * (level - 20) ** 2, 0);

test("frequencies add up to one, none is zero, and what occurred often is near its share", () => {
  for (const own of [of(0), of(1)]) {
    expect(sumOf(own)).toBeCloseTo(1, 6);
    expect(Math.min(...own)).toBeGreaterThan(0);
  }
  expect(of(1)[20]).toBeCloseTo(0.95, 1);
  expect(of(0)[20]! / (26.6 / sumOf(Float64Array.from(wide)))).toBeCloseTo(1, 1);
});

test("a coordinate keeps its variance, which half a count more at every level would not leave it", () => {
  const total = narrow.reduce((sum, count) => sum + count, 0);
  const own = 20 / total;
  expect(varianceOf(of(1)) / own).toBeLessThan(1.2);
  const even = Float64Array.from(narrow, (count) => (count + 0.5) / (total + LEVELS / 2));
  expect(varianceOf(even) / own).toBeGreaterThan(50);
});
