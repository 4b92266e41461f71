import * as tf from "@tensorflow/tfjs-core";
import { gradients } from "@nextscale/engine";
import { expect, test } from "vitest";
import { meanSquaredError, straightThrough, vqLosses } from "../../src/quantiser/loss.js";
import { onCpu } from "../support/cpu.js";
import { normals } from "../support/random.js";
import { runTraced } from "../support/run-traced.js";

onCpu();

const weights = { codebook: 1, commitment: 0.25 };

test("the terms of eq. 1 by name, and their weighted sum", () => {
  const features = tf.tensor1d([1, 2]);
  const states = [tf.tensor1d([1, 0]), tf.tensor1d([1, 1])];
  const losses = vqLosses(tf.scalar(0.5), features, states, weights);
  const values = Object.fromEntries(Object.entries(losses).map(([name, value]) => [name, value.dataSync()[0]]));
  // Mean squares 2 and 1/2 of the two cumulative states.
  expect(values).toEqual({ reconstruction: 0.5, codebook: 1.25, commitment: 1.25, total: 0.5 + 1.25 * 1.25 });
});

test("without quantisation only the reconstruction is left", () => {
  const z = tf.tensor1d([3, -1]);
  const { codebook, commitment, total } = vqLosses(meanSquaredError(z, tf.tensor1d([2, -1])), z, [z], weights);
  expect([codebook, commitment, total].map((value) => value.dataSync()[0])).toEqual([0, 0, 0.5]);
});

test("the straight-through value is the quantised one, its gradient that of the features", async () => {
  const inputs = {
    features: { shape: [6], data: normals("z", 6) },
    quantised: { shape: [6], data: normals("q", 6) },
    weight: { shape: [6], data: normals("w", 6) },
  };
  const out = await runTraced(inputs, ({ features, quantised, weight }) => {
    const through = straightThrough(features, quantised);
    return { through, ...gradients(tf.sum(tf.mul(through, weight)), { features, quantised }) };
  });
  out["through"]!.forEach((value, i) => {
    expect(value).toBeCloseTo(inputs.quantised.data[i]!, 5);
  });
  expect(out["features"]).toEqual(inputs.weight.data);
  expect([...out["quantised"]!].every((value) => value === 0)).toBe(true);
});

test("the codebook term moves the codes alone, the commitment term the features alone", async () => {
  const inputs = {
    features: { shape: [4], data: normals("z", 4) },
    quantised: { shape: [4], data: normals("q", 4) },
  };
  const out = await runTraced(inputs, ({ features, quantised }) => {
    const losses = vqLosses(tf.scalar(0), features, [quantised], weights);
    const byCodebook = gradients(losses.codebook, { features, quantised });
    const byCommitment = gradients(losses.commitment, { features, quantised });
    return {
      featuresByCodebook: byCodebook.features,
      codesByCodebook: byCodebook.quantised,
      featuresByCommitment: byCommitment.features,
      codesByCommitment: byCommitment.quantised,
    };
  });
  const towards = inputs.features.data.map((z, i) => (2 / 4) * (z - inputs.quantised.data[i]!));
  towards.forEach((value, i) => {
    expect(out["featuresByCommitment"]![i]).toBeCloseTo(value, 5);
    expect(out["codesByCodebook"]![i]).toBeCloseTo(-value, 5);
    expect(out["featuresByCodebook"]![i]).toBe(0);
    expect(out["codesByCommitment"]![i]).toBe(0);
  });
});
