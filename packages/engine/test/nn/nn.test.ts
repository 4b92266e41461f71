import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { gelu, layerNorm, silu, softmaxCrossEntropy, stopGradient, trace, type DType } from "@nextscale/engine";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { difference } from "../support/compare.js";
import { uniform } from "../uniform.js";

const numbers = uniform(12, 1).map((u) => 4 * u - 2);
const places = Float64Array.of(0, 3, 1);

const layers: readonly (readonly [string, DType, (x: tf.Tensor, labels: tf.Tensor) => tf.Tensor])[] = [
  ["gelu", "int32", gelu],
  ["silu", "int32", silu],
  ["layerNorm", "int32", (x) => layerNorm(x, { scale: x, bias: x, epsilon: 0.1 })],
  ["softmaxCrossEntropy", "int32", softmaxCrossEntropy],
  ["softmaxCrossEntropy", "float32", softmaxCrossEntropy],
  ["stopGradient", "int32", stopGradient],
];

test.each(layers)("%s (labels %s) is the same outside a trace, and leaves no tensor behind", (_name, dtype, layer) => {
  const signature = { x: { dtype: "float32", shape: [3, 4] }, labels: { dtype, shape: [3] } } as const;
  const program = trace(({ x, labels }) => layer(x, labels), signature);
  const expected = evaluateProgram(program, { x: numbers, labels: places })["output"]!;
  const x = tf.tensor2d(Float32Array.from(numbers), [3, 4]);
  const labels = tf.tensor1d(Array.from(places), dtype);
  const before = tf.memory().numTensors;
  const actual = layer(x, labels);
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(difference(actual.dataSync(), expected)).toBeLessThan(1e-6);
  tf.dispose([x, labels, actual]);
});
