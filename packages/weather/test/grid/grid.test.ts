import { describe, expect, test } from "vitest";
import {
  equiangularGrid,
  equiangularGridWithPoles,
  gaussianGrid,
  gaussianNodes,
  regionalGrid,
} from "../../src/grid/grid.js";

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

test.each([
  ["equiangular", equiangularGrid(32, 64)],
  ["with poles", equiangularGridWithPoles(121, 240)],
  ["Gaussian", gaussianGrid(32, 64)],
  ["regional", regionalGrid([-15, -13.5, -12], [10, 12])],
])("%s: weights have mean 1, rows ascend", (_name, grid) => {
  expect(mean(grid.areaWeights)).toBeCloseTo(1, 12);
  grid.latitudes.forEach((value, i) => expect(i === 0 || value > grid.latitudes[i - 1]!).toBe(true));
  expect(grid.areaWeights).toHaveLength(grid.latitudes.length);
});

describe("known answers", () => {
  // WeatherBench 2, metrics_test.py: latitudes +-15, 45, 75.
  test("six bands of 30 degrees", () => {
    const half = [1 / 2, (Math.sqrt(3) - 1) / 2, 1 - Math.sqrt(3) / 2];
    const expected = [...half.toReversed(), ...half].map((value) => 3 * value);
    equiangularGrid(6, 2).areaWeights.forEach((weight, i) => expect(weight).toBeCloseTo(expected[i]!, 12));
  });

  test("32 bands, and 121 rows with poles", () => {
    const { latitudes, areaWeights } = equiangularGrid(32, 64);
    expect([latitudes[0], latitudes[16]]).toEqual([-87.1875, 2.8125]);
    expect(areaWeights[0]).toBeCloseTo(0.0770444, 7);
    expect(areaWeights[16]).toBeCloseTo(1.5682743, 6);
    expect(equiangularGridWithPoles(121, 240).areaWeights[120]).toBeCloseTo(0.0051832, 7);
  });

  test("Gaussian latitudes and weights", () => {
    expect(gaussianGrid(32, 64).latitudes[31]).toBeCloseTo(85.760587, 6);
    expect(gaussianGrid(64, 128).latitudes[63]).toBeCloseTo(87.863799, 6);
    const { nodes, weights } = gaussianNodes(32);
    // Exact for polynomials up to degree 63.
    const integral = nodes.reduce((sum, x, i) => sum + weights[i]! * x ** 62, 0);
    expect(integral).toBeCloseTo(2 / 63, 14);
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(2, 13);
  });
});

test("a regional grid that goes round the globe is periodic", () => {
  const columns = Array.from({ length: 24 }, (_, j) => 15 * j - 180);
  expect(regionalGrid([0, 1], columns).periodic).toBe(true);
  expect(regionalGrid([0, 1], columns.slice(1)).periodic).toBe(false);
});

test.each([
  ["descending", () => regionalGrid([3, 2, 1], [0, 1]), /latitudes ascending/],
  ["irregular", () => regionalGrid([1, 2, 4], [0, 1]), /equal steps/],
  [
    "doubled, on Gaussian rows,",
    () => regionalGrid(gaussianGrid(4, 8).latitudes, [0, 45, 45, 90]),
    /longitudes ascending/,
  ],
  ["off the globe", () => regionalGrid([89, 90, 91], [0, 1]), /-90 to 90/],
  ["more than once round", () => regionalGrid([0, 1], [0, 200, 400]), /once at most/],
  ["not numbers", () => regionalGrid([0, Number.NaN], [0, 1]), /latitudes ascending/],
  ["one row", () => equiangularGrid(1, 4), /at least 2 rows/],
])("%s coordinates are refused", (_name, grid, message) => {
  expect(grid).toThrow(
    expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(message) as string }),
  );
});
