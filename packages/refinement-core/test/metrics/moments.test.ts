import fc from "fast-check";
import { expect, test } from "vitest";
import { concatenateFeatures, featureMatrix } from "../../src/metrics/features.js";
import { covarianceOf, emptyMoments, mergeMoments, momentsOf, unionOfMoments } from "../../src/metrics/moments.js";
import { normalFeatures } from "../support/normal.js";

test("the covariance is the unbiased one: 0, 0.5 and 1 have variance 0.25", () => {
  const moments = momentsOf(featureMatrix(Float32Array.of(0, 0.5, 1), 1));
  expect(moments.mean[0]).toBe(0.5);
  expect(covarianceOf(moments)[0]).toBe(0.25);
});

test("a batch agrees with the textbook sum, whatever its size against tiles and chunks", () => {
  for (const [count, dimension] of [
    [3, 2],
    [64, 65],
    [300, 70],
    [257, 1],
  ] as const) {
    const features = normalFeatures(count, dimension, count, 3);
    const { mean, scatter } = momentsOf(features);
    for (let i = 0; i < dimension; i += 13) {
      for (let j = 0; j < dimension; j += 7) {
        let sum = 0;
        for (let row = 0; row < count; row++) {
          const [x, y] = [features.data[row * dimension + i]!, features.data[row * dimension + j]!];
          sum += (x - mean[i]!) * (y - mean[j]!);
        }
        expect(scatter[i * dimension + j]).toBeCloseTo(sum, 9);
      }
    }
  }
});

test("moments of batches merge into the moments of the whole, in any grouping", () => {
  const vectors = fc.array(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 3, maxLength: 3 }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(vectors, vectors, vectors, (...parts) => {
      const batches = parts.map((part) => featureMatrix(Float64Array.from(part.flat()), 3));
      const [a, b, c] = batches.map(momentsOf) as [
        ReturnType<typeof momentsOf>,
        ReturnType<typeof momentsOf>,
        ReturnType<typeof momentsOf>,
      ];
      const whole = momentsOf(concatenateFeatures(batches));
      for (const merged of [
        mergeMoments(mergeMoments(a, b), c),
        mergeMoments(a, mergeMoments(b, c)),
        mergeMoments(c, mergeMoments(b, a)),
      ]) {
        expect(merged.count).toBe(whole.count);
        for (let i = 0; i < 3; i++) expect(Math.abs(merged.mean[i]! - whole.mean[i]!)).toBeLessThan(1e-9);
        for (let i = 0; i < 9; i++) expect(Math.abs(merged.scatter[i]! - whole.scatter[i]!)).toBeLessThan(1e-5);
      }
    }),
    { numRuns: 50 },
  );
});

test("no vector is the neutral element", () => {
  const moments = momentsOf(normalFeatures(10, 4, 1));
  expect(mergeMoments(emptyMoments(4), moments)).toEqual(moments);
  expect(mergeMoments(moments, momentsOf(featureMatrix(new Float32Array(0), 4)))).toEqual(moments);
});

test("a large offset costs no digits", () => {
  const near = covarianceOf(momentsOf(normalFeatures(200, 2, 5)));
  const far = covarianceOf(momentsOf(normalFeatures(200, 2, 5, 1e6)));
  for (let i = 0; i < 4; i++) expect(far[i]).toBeCloseTo(near[i]!, 6);
});

test("one vector has no covariance, other dimensions do not merge, NaN is refused", () => {
  expect(() => covarianceOf(momentsOf(normalFeatures(1, 4, 1)))).toThrow("at least 2 feature vectors");
  expect(() => mergeMoments(emptyMoments(3), emptyMoments(4))).toThrow("expected moments of dimension 3");
  expect(() => momentsOf(featureMatrix(Float32Array.of(1, NaN, 2, 3), 2))).toThrow("NaN or infinity in component 1");
  expect(() => featureMatrix(new Float32Array(7), 2)).toThrow("a whole number of vectors");
  expect(() => concatenateFeatures([])).toThrow("at least one batch");
});

test("a union with repetitions is what merging them one after the other gives", () => {
  const parts = [3, 1, 5, 2].map((count, at) => momentsOf(normalFeatures(count, 6, at, 2)));
  const times = [2, 0, 1, 3];
  const repeated = parts.flatMap((part, at) => Array.from({ length: times[at]! }, () => part));
  const merged = repeated.reduce(mergeMoments, emptyMoments(6));
  const union = unionOfMoments(parts, times);
  expect(union.count).toBe(17);
  union.mean.forEach((value, k) => expect(value).toBeCloseTo(merged.mean[k]!, 12));
  union.scatter.forEach((value, at) => expect(value).toBeCloseTo(merged.scatter[at]!, 10));
  expect(unionOfMoments(parts, [0, 0, 0, 0])).toEqual(emptyMoments(6));
});
