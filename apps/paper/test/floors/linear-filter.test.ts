import { covarianceOf, featureMatrix, fitPca, momentsOf, normals, randomStream } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { linearFilter } from "../../src/floors/linear-filter.js";

const DIMENSION = 5;
const SIGMA = 0.3;

/** Correlated vectors with a mean. */
const draws = normals(randomStream(4, "test/vectors"), { items: 400, draws: DIMENSION });
const vectors = draws.map((value, i) =>
  i % DIMENSION === 0 ? value : 0.6 * value + 0.5 * draws[i - 1]! + (i % DIMENSION),
);
const moments = momentsOf(featureMatrix(vectors, DIMENSION));
const { weight, bias } = linearFilter(fitPca(moments, DIMENSION), SIGMA);

test("the filter solves W (C + σ²I) = C, and leaves the mean where it is", () => {
  const covariance = covarianceOf(moments);
  for (let i = 0; i < DIMENSION; i++) {
    let mean = bias.data[i]!;
    for (let j = 0; j < DIMENSION; j++) {
      let product = SIGMA * SIGMA * weight.data[i * DIMENSION + j]!;
      for (let k = 0; k < DIMENSION; k++) product += weight.data[i * DIMENSION + k]! * covariance[k * DIMENSION + j]!;
      expect(product).toBeCloseTo(covariance[i * DIMENSION + j]!, 5);
      mean += moments.mean[j]! * weight.data[j * DIMENSION + i]!;
    }
    expect(mean).toBeCloseTo(moments.mean[i]!, 5);
  }
});

test("with noise no other linear map near it does better, and the expected error is the closed form", () => {
  const covariance = covarianceOf(moments);
  /** tr((I − W) C (I − W)ᵀ) + σ² tr(W Wᵀ), over the dimensions: the expected error of a map of centred vectors. */
  const errorOf = (map: Float32Array): number => {
    let sum = 0;
    for (let j = 0; j < DIMENSION; j++) {
      const row = Array.from({ length: DIMENSION }, (_, i) => (i === j ? 1 : 0) - map[i * DIMENSION + j]!);
      for (let a = 0; a < DIMENSION; a++) {
        sum += SIGMA * SIGMA * map[a * DIMENSION + j]! ** 2;
        for (let b = 0; b < DIMENSION; b++) sum += row[a]! * covariance[a * DIMENSION + b]! * row[b]!;
      }
    }
    return sum / DIMENSION;
  };
  const { variances } = fitPca(moments, DIMENSION);
  const closed = variances.reduce((sum, v) => sum + (v * SIGMA ** 2) / (v + SIGMA ** 2), 0) / DIMENSION;
  const least = errorOf(weight.data);
  expect(least).toBeCloseTo(closed, 5);
  weight.data.forEach((_, at) => {
    for (const step of [-0.05, 0.05]) expect(errorOf(weight.data.map((w, i) => (i === at ? w + step : w)))).toBeGreaterThan(least); // prettier-ignore
  });
});
