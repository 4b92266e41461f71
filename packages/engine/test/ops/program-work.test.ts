import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { f32, floatingPointOperations, trace } from "../../src/index.js";

test("a product of [m, k] and [k, n] is 2 m k n operations, however its matrices lie", () => {
  const plain = trace(({ a, b }) => tf.matMul(a, b), { a: f32(5, 7), b: f32(7, 11) });
  expect(floatingPointOperations(plain)).toBe(2 * 5 * 7 * 11);
  const turned = trace(({ a, b }) => tf.matMul(a, b, true, true), { a: f32(7, 5), b: f32(11, 7) });
  expect(floatingPointOperations(turned)).toBe(2 * 5 * 7 * 11);
  const batched = trace(({ a, b }) => tf.matMul(a, b), { a: f32(3, 5, 7), b: f32(3, 7, 11) });
  expect(floatingPointOperations(batched)).toBe(2 * 3 * 5 * 7 * 11);
});

test("a convolution is its filter at each output, and what is done element by element is not counted", () => {
  const program = trace(({ x, filter }) => tf.relu(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, "same")), {
    x: f32(2, 8, 8, 3),
    filter: f32(3, 3, 3, 6),
  });
  expect(floatingPointOperations(program)).toBe(2 * (2 * 4 * 4 * 6) * (3 * 3 * 3));
});
