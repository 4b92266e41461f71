import * as tf from "@tensorflow/tfjs-core";
import { stopGradient } from "@nextscale/engine";

/** The terms of eq. 1 by name, one element each, and their weighted sum. */
export type VqLosses = {
  readonly reconstruction: tf.Tensor;
  /** |sg(z) - e|^2: moves codes and phi convolutions; without effect on codes that are learned by moving averages. */
  readonly codebook: tf.Tensor;
  /** |z - sg(e)|^2: keeps the encoder near its codes. It may rise while the reconstruction improves. */
  readonly commitment: tf.Tensor;
  readonly total: tf.Tensor;
};

/** Weights of the two quantisation terms; the reconstruction's is 1. */
export interface VqLossWeights {
  readonly codebook: number;
  /** beta of eq. 1; VAR has 0.25. */
  readonly commitment: number;
}

/**
 * Eq. 1 for any number of scales, as VAR has it: both quantisation terms are means over the scales of the mean square
 * between the features and the sum of all scales so far (`visit.state` of a walk), not of single residuals.
 *
 * @param reconstruction the decoder's loss, one element: `meanSquaredError(x, decoded)` for the paper's
 * @param features z, what was encoded [N, ..., C]
 * @param quantised the state after each scale, each of the shape of `features`; a single-scale quantiser has one
 */
export function vqLosses(
  reconstruction: tf.Tensor,
  features: tf.Tensor,
  quantised: readonly tf.Tensor[],
  weights: VqLossWeights,
): VqLosses {
  const overScales = (term: (state: tf.Tensor) => tf.Tensor) =>
    tf.div(quantised.map(term).reduce((sum, value) => tf.add(sum, value)), quantised.length); // prettier-ignore
  const fixed = stopGradient(features);
  const codebook = overScales((state) => meanSquaredError(fixed, state));
  const commitment = overScales((state) => meanSquaredError(features, stopGradient(state)));
  const quantisation = tf.add(tf.mul(codebook, weights.codebook), tf.mul(commitment, weights.commitment));
  return { reconstruction, codebook, commitment, total: tf.add(reconstruction, quantisation) };
}

/** Mean over all elements of the squared difference. */
export function meanSquaredError(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.mean(tf.square(tf.sub(a, b)));
}

/** The quantised features, with the gradient of the features: z + sg(z_q - z) (Bengio et al. 2013). */
export function straightThrough(features: tf.Tensor, quantised: tf.Tensor): tf.Tensor {
  return tf.add(features, stopGradient(tf.sub(quantised, features)));
}
