import { expect, test } from "vitest";
import { momentsOf } from "../../src/metrics/moments.js";
import { fitPcaFrechet } from "../../src/metrics/pca-frechet.js";
import { fitPca, pcaReconstruct, pcaTransform } from "../../src/metrics/pca.js";
import { mapFeatures, normalFeatures, rotateFeatures } from "../support/normal.js";

const features = rotateFeatures(
  mapFeatures(normalFeatures(400, 6, 3), (x, k) => x * 2 ** -k + k),
  0.9,
);

test("axes are orthonormal, coordinates uncorrelated with the variances in falling order", () => {
  const pca = fitPca(momentsOf(features), 6);
  for (let a = 0; a < 6; a++) {
    for (let b = 0; b < 6; b++) {
      let dot = 0;
      for (let k = 0; k < 6; k++) dot += pca.axes[a * 6 + k]! * pca.axes[b * 6 + k]!;
      expect(dot).toBeCloseTo(a === b ? 1 : 0, 12);
    }
  }
  expect([...pca.variances]).toEqual([...pca.variances].sort((x, y) => y - x));
  const { scatter, count, mean } = momentsOf(pcaTransform(pca, features));
  for (let a = 0; a < 6; a++) {
    expect(mean[a]).toBeCloseTo(0, 12);
    for (let b = 0; b < 6; b++) {
      expect(scatter[a * 6 + b]! / (count - 1)).toBeCloseTo(a === b ? pca.variances[a]! : 0, 11);
    }
  }
});

test("all components reconstruct exactly; fewer leave the variance of those dropped", () => {
  const error = (components: number): number => {
    const pca = fitPca(momentsOf(features), components);
    const back = pcaReconstruct(pca, pcaTransform(pca, features));
    return (
      Float64Array.from(back.data, (x, i) => (x - features.data[i]!) ** 2).reduce((a, b) => a + b) /
      (features.count - 1)
    );
  };
  expect(error(6)).toBeLessThan(1e-20);
  const { variances } = fitPca(momentsOf(features), 6);
  expect(error(4)).toBeCloseTo(variances[4]! + variances[5]!, 11);
});

test("the sign of an axis does not depend on the data's order or sign convention", () => {
  const reversed = { ...features, data: new Float64Array(features.data.length) };
  for (let row = 0; row < features.count; row++) {
    const from = (features.count - 1 - row) * 6;
    (reversed.data as Float64Array).set(features.data.subarray(from, from + 6), row * 6);
  }
  const [a, b] = [fitPca(momentsOf(features), 6), fitPca(momentsOf(reversed), 6)];
  a.axes.forEach((value, i) => expect(b.axes[i]).toBeCloseTo(value, 9));
});

test("the principal Fréchet distance with all components is the plain one; the reference itself scores 0", () => {
  const metric = fitPcaFrechet(momentsOf(features), 6);
  expect(metric.score(features).distance).toBeLessThan(1e-9);
  expect(metric.score(mapFeatures(features, (x) => x + 0.5)).distance).toBeCloseTo(6 * 0.25, 9);
});

test("what lies outside the subspace is not seen, what lies inside is", () => {
  const metric = fitPcaFrechet(momentsOf(features), 2);
  const { axes } = fitPca(momentsOf(features), 6);
  const along = (axis: number): number =>
    metric.score(mapFeatures(features, (x, k) => x + 3 * axes[axis * 6 + k]!)).distance;
  expect(along(5)).toBeLessThan(1e-9);
  expect(along(0)).toBeCloseTo(9, 9);
});

test("more components than dimensions are refused", () => {
  expect(() => fitPca(momentsOf(features), 7)).toThrow("1 to 6 components");
  expect(() => pcaTransform(fitPca(momentsOf(features), 2), normalFeatures(3, 5, 1))).toThrow("dimension 6");
});
