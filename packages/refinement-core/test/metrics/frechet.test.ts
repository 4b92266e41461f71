import fc from "fast-check";
import { expect, test } from "vitest";
import { fitFrechet, type FrechetScore } from "../../src/metrics/frechet.js";
import type { FeatureMatrix } from "../../src/metrics/features.js";
import { momentsOf, type FeatureMoments } from "../../src/metrics/moments.js";
import { mapFeatures, normalFeatures, rotateFeatures } from "../support/normal.js";

/** Moments with a given mean and covariance, as of two vectors (so that the scatter is the covariance). */
function gaussian(mean: number[], covariance: number[]): FeatureMoments {
  return { count: 2, dimension: mean.length, mean: Float64Array.from(mean), scatter: Float64Array.from(covariance) };
}

const distance = (a: FeatureMoments, b: FeatureMoments): FrechetScore => fitFrechet(a).score(b);
const between = (a: FeatureMatrix, b: FeatureMatrix): number => distance(momentsOf(a), momentsOf(b)).distance;

test("two by two: the closed form tr √(S₁S₂) = √(tr S₁S₂ + 2 √|S₁||S₂|)", () => {
  const score = distance(gaussian([0, 0], [2, 0.5, 0.5, 1]), gaussian([0, 0], [1, -0.3, -0.3, 0.5]));
  expect(score.distance).toBeCloseTo(0.553301412770546, 13);
  expect((4.5 - score.distance) / 2).toBeCloseTo(1.973349293614727, 13);
});

test("unit covariances a unit apart in every one of 512 dimensions are 512 apart", () => {
  const size = 512;
  const identity = Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  const at = (value: number): FeatureMoments => ({
    count: 2,
    dimension: size,
    mean: new Float64Array(size).fill(value),
    scatter: identity,
  });
  const score = distance(at(0), at(1));
  expect(score.distance).toBeCloseTo(size, 8);
  expect(score.covarianceTerm).toBeCloseTo(0, 8);
});

test("diagonal covariances: Σ (μ₁ − μ₂)² + (√a − √b)²", () => {
  const positive = fc.double({ min: 0, max: 100, noNaN: true });
  const triple = fc.tuple(positive, positive, positive);
  fc.assert(
    fc.property(triple, triple, triple, (a, b, mean) => {
      const diagonal = ([x, y, z]: [number, number, number]): number[] => [x, 0, 0, 0, y, 0, 0, 0, z];
      const expected = a.reduce((sum, x, i) => sum + mean[i]! ** 2 + (Math.sqrt(x) - Math.sqrt(b[i]!)) ** 2, 0);
      const { distance: found } = distance(gaussian([0, 0, 0], diagonal(a)), gaussian(mean, diagonal(b)));
      expect(Math.abs(found - expected)).toBeLessThan(1e-5 * (1 + expected));
    }),
  );
});

test("a set against itself is 0, also when its covariance is rank-deficient", () => {
  expect(between(normalFeatures(100, 8, 1), normalFeatures(100, 8, 1))).toBeLessThan(1e-9);
  const flat = normalFeatures(5, 20, 2);
  expect(between(flat, flat)).toBeLessThan(1e-9);
  expect(
    between(
      flat,
      mapFeatures(flat, (x) => x + 1),
    ),
  ).toBeCloseTo(20, 9);
});

test("symmetric, shifted by ‖δ‖², unchanged by a rotation of both, scaled by c²", () => {
  const seed = fc.integer({ min: 0, max: 1e6 });
  fc.assert(
    fc.property(seed, fc.double({ min: 0.1, max: 10, noNaN: true }), (start, factor) => {
      const a = normalFeatures(30, 5, start);
      const b = rotateFeatures(
        mapFeatures(normalFeatures(30, 5, start + 1), (x, k) => x * (1 + k)),
        0.7,
      );
      const base = between(a, b);
      expect(between(b, a)).toBeCloseTo(base, 8);
      expect(between(rotateFeatures(a, factor), rotateFeatures(b, factor))).toBeCloseTo(base, 8);
      expect(
        between(
          mapFeatures(a, (x) => factor * x),
          mapFeatures(b, (x) => factor * x),
        ) /
          factor ** 2,
      ).toBeCloseTo(base, 7);
      const { meanTerm } = distance(momentsOf(a), momentsOf(b));
      const { meanTerm: shifted, covarianceTerm } = distance(
        momentsOf(a),
        momentsOf(mapFeatures(b, (x, k) => (k === 0 ? x + factor : x))),
      );
      const difference = momentsOf(b).mean[0]! - momentsOf(a).mean[0]!;
      expect(shifted).toBeCloseTo(meanTerm + 2 * factor * difference + factor ** 2, 8);
      expect(covarianceTerm).toBeCloseTo(base - meanTerm, 8);
    }),
    { numRuns: 20 },
  );
});

test("more data of the same kind is nearer, another kind is farther", () => {
  const reference = fitFrechet(momentsOf(normalFeatures(4000, 16, 1)));
  const score = (count: number, shift: number, scale: number): number =>
    reference.score(momentsOf(normalFeatures(count, 16, 2, shift, scale))).distance;
  const floor = score(4000, 0, 1);
  expect(score(200, 0, 1)).toBeGreaterThan(5 * floor);
  expect(score(4000, 0.2, 1)).toBeGreaterThan(5 * floor);
  expect(score(4000, 0, 1.2)).toBeGreaterThan(5 * floor);
});

test("sets of different dimension or of one vector are refused", () => {
  const metric = fitFrechet(momentsOf(normalFeatures(10, 3, 1)));
  expect(() => metric.score(momentsOf(normalFeatures(10, 4, 1)))).toThrow(
    "expected moments of dimension 3, got dimension 4",
  );
  expect(() => metric.score(momentsOf(normalFeatures(1, 3, 1)))).toThrow("at least 2");
});
