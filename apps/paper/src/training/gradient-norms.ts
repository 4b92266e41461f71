import { f32 } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";

/** Norms of the mini-batch gradients of an epoch so far: Welford's sums, each one number. */
export type GradientNorms = {
  readonly count: tf.Tensor;
  readonly mean: tf.Tensor;
  /** Sum of squared distances from the mean. */
  readonly squares: tf.Tensor;
};

/** Their types. */
export const gradientNormTypes = { count: f32(), mean: f32(), squares: f32() };

/** Those of no gradient, for a state before the first step. */
export function noGradientNorms(at: string): Record<string, Float32Array> {
  return Object.fromEntries(Object.keys(gradientNormTypes).map((name) => [`${at}/${name}`, new Float32Array(1)]));
}

/**
 * Takes in one more norm.
 *
 * @param sameEpoch 0 in the first step of an epoch, which forgets those of the one before; else 1
 */
export function withNorm(norms: GradientNorms, norm: tf.Tensor, sameEpoch: tf.Tensor): GradientNorms {
  const [before, oldMean, squares] = [norms.count, norms.mean, norms.squares].map((sum) => tf.mul(sum, sameEpoch));
  const count = tf.add(before!, 1);
  const difference = tf.sub(norm, oldMean!);
  const mean = tf.add(oldMean!, tf.div(difference, count));
  return { count, mean, squares: tf.add(squares!, tf.mul(difference, tf.sub(norm, mean))) };
}

/** The variance that the sums stand for, without bias. */
export function varianceOfNorms(count: number, squares: number): number {
  return squares / (count - 1);
}
