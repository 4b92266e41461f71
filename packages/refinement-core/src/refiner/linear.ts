import * as tf from "@tensorflow/tfjs-core";
import type { HostParameters, Initialiser } from "./parameters.js";

/** Affine map of rows: x W + b. */
export type LinearParameters = {
  /** Of shape [inputs, outputs]. */
  readonly weight: tf.Tensor;
  /** Of shape [outputs]. */
  readonly bias: tf.Tensor;
};

/** Normal weights of the given standard deviation, zero bias. */
export function initLinear(
  random: Initialiser,
  inputs: number,
  outputs: number,
  deviation: number,
): HostParameters<LinearParameters> {
  return {
    weight: random.normal("weight", [inputs, outputs], deviation),
    bias: random.constant([outputs], 0),
  };
}

/** Rows [N, inputs] -> [N, outputs]. */
export function linear(params: LinearParameters, x: tf.Tensor): tf.Tensor {
  return tf.add(tf.matMul(x as tf.Tensor2D, params.weight as tf.Tensor2D), params.bias);
}
