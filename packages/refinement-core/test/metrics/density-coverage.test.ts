import fc from "fast-check";
import { expect, test } from "vitest";
import { fitDensityCoverage } from "../../src/metrics/density-coverage.js";
import { concatenateFeatures, featureMatrix } from "../../src/metrics/features.js";
import { mapFeatures, normalFeatures, rotateFeatures } from "../support/normal.js";

test("by hand on a line, k = 1", () => {
  // Balls of 0, 1, 3, 7: open, radii 1, 1, 2, 4. Balls of the samples 0.5, 2.5, 20: radii 2, 2, 17.5.
  const metric = fitDensityCoverage(featureMatrix(Float32Array.of(0, 1, 3, 7), 1), { k: 1 });
  const score = metric.score(featureMatrix(Float32Array.of(0.5, 2.5, 20), 1));
  // 0.5 lies in the balls of 0 and 1; 2.5 in that of 3 only (|7 − 2.5| = 4.5); 20 in none.
  expect(score.density).toBeCloseTo(3 / (1 * 3), 12);
  expect(score.coverage).toBe(3 / 4);
  expect(score.precision).toBeCloseTo(2 / 3, 12);
  // 0, 1 lie near 0.5 or 2.5; 3 near 2.5; 7 in the ball of 20 (13 < 17.5).
  expect(score.recall).toBe(1);
});

test("a set against itself scores exactly 1 everywhere", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 10, max: 150 }), (seed, count) => {
      const features = normalFeatures(count, 7, seed);
      const score = fitDensityCoverage(features, { k: 5 }).score(features);
      expect(score).toEqual({ density: 1, coverage: 1, precision: 1, recall: 1 });
    }),
    { numRuns: 10 },
  );
});

test("rotation, translation and scale of both sets change nothing", () => {
  const [a, b] = [normalFeatures(150, 4, 1), normalFeatures(130, 4, 2, 0.4)];
  const base = fitDensityCoverage(a).score(b);
  for (const change of [
    (f: typeof a) => rotateFeatures(f, 0.8),
    (f: typeof a) => mapFeatures(f, (x) => x + 1e5),
    (f: typeof a) => mapFeatures(f, (x) => x * 1e-3),
  ]) {
    expect(fitDensityCoverage(change(a)).score(change(b))).toEqual(base);
  }
});

test("the order of the vectors changes nothing", () => {
  const [a, b] = [normalFeatures(100, 3, 1), normalFeatures(100, 3, 2)];
  const halves = [featureMatrix(b.data.slice(150), 3), featureMatrix(b.data.slice(0, 150), 3)];
  expect(fitDensityCoverage(a).score(concatenateFeatures(halves))).toEqual(fitDensityCoverage(a).score(b));
});

test("the same distribution is near 1; samples far away 0", () => {
  const reference = normalFeatures(1000, 8, 1);
  const same = fitDensityCoverage(reference).score(normalFeatures(1000, 8, 2));
  expect(same.density).toBeGreaterThan(0.9);
  expect(same.density).toBeLessThan(1.1);
  // Expected coverage of two sets from one distribution with n = m, k: about 1 − 2^−k (Naeem et al. 2020).
  expect(same.coverage).toBeGreaterThan(1 - 2 ** -5 - 0.03);
  expect(fitDensityCoverage(reference).score(normalFeatures(500, 8, 3, 100))).toEqual({
    density: 0,
    coverage: 0,
    precision: 0,
    recall: 0,
  });
});

test("samples that only an outlier's huge ball holds have full precision, but little density and coverage", () => {
  const reference = concatenateFeatures([normalFeatures(500, 8, 1), normalFeatures(1, 8, 2, 30, 0)]);
  const score = fitDensityCoverage(reference).score(normalFeatures(500, 8, 3, 15));
  expect(score.precision).toBe(1);
  expect(score.density).toBeCloseTo(1 / 5, 12);
  expect(score.coverage).toBeCloseTo(1 / 501, 12);
});

test("a collapsed mode is seen in coverage and recall, not in precision", () => {
  const left = normalFeatures(300, 2, 1, -10);
  const right = normalFeatures(300, 2, 2, 10);
  const score = fitDensityCoverage(concatenateFeatures([left, right])).score(normalFeatures(600, 2, 3, 10));
  expect(score.precision).toBeGreaterThan(0.9);
  expect(score.coverage).toBeLessThan(0.52);
  expect(score.recall).toBeLessThan(0.52);
});

test("too few vectors, k below 1, another dimension and NaN are refused", () => {
  expect(() => fitDensityCoverage(normalFeatures(5, 2, 1), { k: 5 })).toThrow("at least 6");
  expect(() => fitDensityCoverage(normalFeatures(5, 2, 1), { k: 0 })).toThrow("k of at least 1");
  const metric = fitDensityCoverage(normalFeatures(9, 2, 1));
  expect(() => metric.score(normalFeatures(9, 3, 1))).toThrow("dimension 2");
  expect(() => metric.score(featureMatrix(new Float32Array(20).fill(Infinity), 2))).toThrow("NaN or infinity");
});
