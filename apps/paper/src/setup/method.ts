import type { HostTensor } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { Networks } from "../variant/networks.js";

/** A batch of images as rows of pixels, both [B, 784]. */
export interface Rows {
  readonly clean: tf.Tensor;
  readonly noisy: tf.Tensor;
}

/** How a variant learns and predicts; both can be traced. */
export interface Method {
  /** What is made small: one element, the mean over a batch. */
  readonly loss: (networks: Networks, rows: Rows) => tf.Tensor;
  /** Clean images of noisy ones, [B, 784] each. */
  readonly predict: (networks: Networks, noisy: tf.Tensor) => tf.Tensor;
}

/** What does not learn any more, as a constant of a program. */
export function constant({ data, shape }: HostTensor): tf.Tensor {
  return tf.tensor(data, [...shape]);
}
