import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { gridGeometry } from "../../src/refiner/geometry.js";
import { categoricalHead } from "../../src/refiner/head.js";
import { mlp } from "../../src/refiner/mlp.js";
import { mlpRefiner } from "../../src/refiner/mlp-refiner.js";
import { countParameters, initialiser, parameterNormals } from "../../src/refiner/parameters.js";
import { withHead } from "../../src/refiner/refiner.js";
import { onCpu } from "../support/cpu.js";
import { largestDifference, randomTensor, toTensors } from "../support/tensors.js";

onCpu();

test("the paper's two-layer network: hand-computed on one unit", () => {
  const network = mlp({ inputs: 1, width: 2, hiddenLayers: 1, outputs: 1 });
  const params = {
    hidden: [{ weight: tf.tensor2d([[1, -1]]), bias: tf.tensor1d([0, 0]) }],
    norm: { scale: tf.tensor1d([1, 1]), bias: tf.tensor1d([0, 0]) },
    output: { weight: tf.tensor2d([[2], [0]]), bias: tf.tensor1d([0.5]) },
  };
  // gelu(1) = 0.8413, gelu(-1) = -0.1587: normalised to 1 and -1.
  expect(network.apply(params, tf.tensor2d([[1]])).dataSync()[0]).toBeCloseTo(2.5, 4);
});

test("initial weights have the variance of U(-1/sqrt(n), 1/sqrt(n))", () => {
  const host = mlp({ inputs: 64, width: 128, hiddenLayers: 2, outputs: 3 }).init(initialiser(parameterNormals(1)));
  const weight = host.hidden[1]?.weight.data ?? new Float32Array();
  const variance = weight.reduce((sum, value) => sum + value * value, 0) / weight.length;
  expect(variance * 3 * 128).toBeGreaterThan(0.95);
  expect(variance * 3 * 128).toBeLessThan(1.05);
  expect(countParameters(host)).toBe(64 * 128 + 128 + 128 * 128 + 128 + 2 * 128 + 128 * 3 + 3);
});

test("the per-scale refiner is Markov and agrees with itself scale by scale", () => {
  const refiner = withHead(
    mlpRefiner({
      scales: gridGeometry([
        [1, 1],
        [2, 2],
      ]),
      contextChannels: 3,
      classes: 2,
      width: 16,
      hiddenLayers: 2,
      siteChannels: 8,
    }),
    categoricalHead(5),
  );
  const params = toTensors(refiner.init(parameterNormals(1)));
  const contexts = [randomTensor("coarse", [2, 1, 3]), randomTensor("fine", [2, 4, 3])];
  const labels = tf.tensor1d([0, 2], "int32");
  const all = refiner.applyAll(params, contexts, labels);
  expect(all.shape).toEqual([2, 5, 5]);
  const state = refiner.start(params, labels);
  const fine = refiner.applyScale(params, 1, contexts[1] as tf.Tensor, state).output;
  expect(largestDifference(fine, tf.slice(all, [0, 1, 0], [-1, 4, -1]))).toBe(0);
  const relabelled = refiner.applyAll(params, contexts, tf.tensor1d([1, 2], "int32"));
  expect(
    largestDifference(tf.slice(all, [0, 0, 0], [1, -1, -1]), tf.slice(relabelled, [0, 0, 0], [1, -1, -1])),
  ).toBeGreaterThan(1e-6);
});
