import { expect, test } from "vitest";
import { leadingEigenvectors } from "../../src/metrics/leading-eigenvectors.js";
import { covarianceOf, momentsOf } from "../../src/metrics/moments.js";
import { fitPca } from "../../src/metrics/pca.js";
import { mapFeatures, normalFeatures, rotateFeatures } from "../support/normal.js";

const SIZE = 60;
/** Deviations that halve every eight directions. */
const moments = momentsOf(
  rotateFeatures(
    mapFeatures(normalFeatures(400, SIZE, 3), (x, k) => x * 2 ** (-k / 8)),
    0.9,
  ),
);
const covariance = covarianceOf(moments);

const varianceWithin = (vectors: Float64Array, count: number) => {
  let sum = 0;
  for (let k = 0; k < count; k++) {
    const own = vectors.subarray(k * SIZE, (k + 1) * SIZE);
    own.forEach((value, i) => own.forEach((other, j) => (sum += value * other * covariance[i * SIZE + j]!)));
  }
  return sum;
};

test.each([1, 7, 20, SIZE])("%i vectors are orthonormal and hold as much variance as so many can", (count) => {
  const vectors = leadingEigenvectors(covariance, SIZE, count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      let dot = 0;
      for (let i = 0; i < SIZE; i++) dot += vectors[a * SIZE + i]! * vectors[b * SIZE + i]!;
      expect(dot).toBeCloseTo(a === b ? 1 : 0, 10);
    }
  }
  const { axes } = fitPca(moments, count);
  const best = varianceWithin(axes, count);
  expect(varianceWithin(vectors, count) / best).toBeGreaterThan(1 - 1e-3);
  // Negative control: the last axes of the coordinates hold less, unless they are all.
  const plain = Float64Array.from({ length: count * SIZE }, (_, at) =>
    Number(at % SIZE === SIZE - 1 - Math.floor(at / SIZE)),
  );
  if (count < SIZE) expect(varianceWithin(plain, count) / best).toBeLessThan(0.99);
});

test("those that stand apart are the eigenvectors, largest first", () => {
  const vectors = leadingEigenvectors(covariance, SIZE, 4);
  const { axes } = fitPca(moments, 4);
  for (let k = 0; k < 4; k++) {
    let dot = 0;
    for (let i = 0; i < SIZE; i++) dot += vectors[k * SIZE + i]! * axes[k * SIZE + i]!;
    expect(dot).toBeGreaterThan(0.99);
  }
});
