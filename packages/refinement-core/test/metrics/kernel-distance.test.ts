import { expect, test } from "vitest";
import { featureMatrix } from "../../src/metrics/features.js";
import { fitKernelDistance, unbiasedKernelDistance } from "../../src/metrics/kernel-distance.js";
import { normalFeatures, rotateFeatures } from "../support/normal.js";

test("by hand: {0, 1} against {1, 2} in one dimension", () => {
  // k(x, y) = (xy + 1)³: within {0,1} k(0,1) = 1; within {1,2} k(1,2) = 27; across 1, 1, 8, 27.
  const distance = unbiasedKernelDistance(
    featureMatrix(Float32Array.of(0, 1), 1),
    featureMatrix(Float32Array.of(1, 2), 1),
  );
  expect(distance).toBeCloseTo(1 + 27 - (2 * 37) / 4, 12);
});

test("symmetric, and unchanged by a rotation of both sets", () => {
  const [a, b] = [normalFeatures(70, 9, 1), normalFeatures(90, 9, 2, 0.3)];
  const base = unbiasedKernelDistance(a, b);
  expect(unbiasedKernelDistance(b, a)).toBeCloseTo(base, 11);
  expect(unbiasedKernelDistance(rotateFeatures(a, 1.1), rotateFeatures(b, 1.1))).toBeCloseTo(base, 10);
});

test("unbiased: equal distributions average to 0 at any size, within the standard error", () => {
  for (const blockSize of [10, 50]) {
    const count = blockSize * 200;
    const metric = fitKernelDistance(normalFeatures(count, 4, 1), { blockSize });
    const { distance, standardError, blocks } = metric.score(normalFeatures(count, 4, 2));
    expect(blocks).toBe(200);
    expect(Math.abs(distance)).toBeLessThan(3 * standardError);
    expect(distance).not.toBe(0);
  }
});

test("the standard error is the spread of the estimate over fresh data", () => {
  const reference = normalFeatures(2000, 3, 100);
  const metric = fitKernelDistance(reference, { blockSize: 100 });
  const scores = Array.from({ length: 40 }, (_, i) => metric.score(normalFeatures(2000, 3, i, 0.3)));
  const mean = scores.reduce((sum, { distance }) => sum + distance, 0) / 40;
  const spread = Math.sqrt(scores.reduce((sum, { distance }) => sum + (distance - mean) ** 2, 0) / 39);
  const stated = scores.reduce((sum, { standardError }) => sum + standardError, 0) / 40;
  // The stated error also counts the reference's own sampling, which is the same in all 40.
  expect(stated).toBeGreaterThan(0.8 * spread);
  expect(stated).toBeLessThan(2.5 * spread);
});

test("a shift is found", () => {
  const metric = fitKernelDistance(normalFeatures(1000, 8, 1), { blockSize: 100 });
  const { distance, standardError } = metric.score(normalFeatures(1000, 8, 2, 0.5));
  expect(distance).toBeGreaterThan(5 * standardError);
});

test("blocks do not depend on the data's order: sorted data give an unbiased estimate too", () => {
  const sorted = { ...normalFeatures(1000, 1, 1), data: normalFeatures(1000, 1, 1).data.slice().sort() };
  const { distance, standardError } = fitKernelDistance(sorted, { blockSize: 50 }).score(normalFeatures(1000, 1, 2));
  expect(Math.abs(distance)).toBeLessThan(4 * standardError);
});

test("too few vectors, another dimension and NaN are refused", () => {
  expect(() => fitKernelDistance(normalFeatures(1999, 2, 1))).toThrow("at least 2000");
  const metric = fitKernelDistance(normalFeatures(20, 2, 1), { blockSize: 10 });
  expect(() => metric.score(normalFeatures(20, 3, 1))).toThrow("dimension 2");
  expect(() => metric.score(featureMatrix(new Float32Array(40).fill(NaN), 2))).toThrow("NaN");
  expect(() => fitKernelDistance(normalFeatures(20, 2, 1), { blockSize: 1 })).toThrow("block size");
});
