import * as tf from "@tensorflow/tfjs-core";

/** Added to the logits of what cannot be. */
export const IMPOSSIBLE = -1e9;

/** A constant, made anew in each trace. */
export function tableOf(values: Float32Array, shape: [number, number]): () => tf.Tensor2D {
  return () => tf.tensor2d(values, shape);
}

/** 0, 1, ... [1, 1, count] */
export function numbersTo(count: number): tf.Tensor {
  return tf.tensor(Int32Array.from(Array(count).keys()), [1, 1, count], "int32");
}
