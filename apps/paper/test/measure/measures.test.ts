import { evaluateProgram, f32 } from "@nextscale/engine";
import { traceTyped } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { noisyBatches } from "../../src/data/batches.js";
import { tabulatedNoise, testNoise } from "../../src/data/noise.js";
import { relativeVariance } from "../../src/measure/gradient-noise.js";
import { FULL, PAPER } from "../../src/settings.js";
import { stepsTo } from "../../src/table/metrics.js";
import { observedSteps } from "../../src/training/epochs.js";
import { gradientNormTypes, varianceOfNorms, withNorm, type GradientNorms } from "../../src/training/gradient-norms.js";
import { smallDigits } from "../support/digits.js";

test("tr(Σ)/|g|² of vectors is what their covariance says", () => {
  const vectors = [[3, 0], [1, 2], [2, 1]]; // prettier-ignore
  const squares = vectors.flat().reduce((sum, value) => sum + value * value, 0);
  // Mean (2, 1); the variances are 1 and 1.
  expect(relativeVariance(3, squares, 5)).toBeCloseTo(2 / 5, 12);
  expect(relativeVariance(3, 3 * 5, 5)).toBe(0);
});

test("the variance of norms is that of the epoch's own, and a new epoch forgets the last one", () => {
  type Inputs = { readonly norms: GradientNorms; readonly norm: tf.Tensor; readonly sameEpoch: tf.Tensor };
  const program = traceTyped<Inputs>({ norms: gradientNormTypes, norm: f32(), sameEpoch: f32() }, (inputs) => ({
    norms: withNorm(inputs.norms, inputs.norm, inputs.sameEpoch),
  }));
  let sums = { count: 5, mean: 100, squares: 1000 };
  for (const [i, norm] of [2, 4, 9].entries()) {
    const named = Object.entries(sums).map(([name, value]) => [`norms/${name}`, Float32Array.of(value)]);
    const found = evaluateProgram(program, { ...Object.fromEntries(named), norm: Float32Array.of(norm), sameEpoch: Float32Array.of(i === 0 ? 0 : 1) }); // prettier-ignore
    sums = { count: found["norms/count"]![0]!, mean: found["norms/mean"]![0]!, squares: found["norms/squares"]![0]! };
  }
  expect(sums.count).toBe(3);
  expect(sums.mean).toBeCloseTo(5, 6);
  expect(varianceOfNorms(sums.count, sums.squares)).toBeCloseTo(13, 5);
});

test("targets are looked for several times in the first epochs, and the last step is always seen", () => {
  const steps = [...observedSteps(FULL)];
  expect(steps.filter((step) => step <= 234)).toHaveLength(24);
  expect(steps.at(-1)).toBe(30 * 234);
  expect(steps.toSorted((a, b) => a - b)).toEqual(steps);
  const curve = [0.03, 0.018, 0.019].map((meanSquaredError, i) => ({ step: 10 * (i + 1), meanSquaredError }));
  expect([0.03, 0.018, 0.01].map((target) => stepsTo(target, { curve }))).toEqual([10, 20, null]);
});

test("noise is standard normal, a function of seed and item, and differs between epochs", () => {
  const noise = tabulatedNoise(7, "test", 2 ** 16);
  const both = noise([3, 90]);
  expect(noise([90])).toEqual(both.slice(PAPER.pixels));
  expect(tabulatedNoise(8, "test", 2 ** 16)([90])).not.toEqual(noise([90]));
  const many = noise(Array.from({ length: 40 }, (_, i) => i));
  const mean = many.reduce((a, b) => a + b, 0) / many.length;
  expect(Math.abs(mean)).toBeLessThan(0.03);
  expect(many.reduce((sum, value) => sum + (value - mean) ** 2, 0) / many.length).toBeCloseTo(1, 1);
  expect(testNoise([1])).toEqual(testNoise([0, 1]).slice(PAPER.pixels));

  const { training } = smallDigits();
  const batchAt = noisyBatches(training, 7, noise);
  // Two steps an epoch: the first batch again, and one of another epoch.
  const first = batchAt(0);
  expect(batchAt(2).noise).not.toEqual(first.noise);
  expect(batchAt(0)).toEqual(first);
});
