import * as tf from "@tensorflow/tfjs-core";

/** How a network F is made a denoiser D(x; sigma) = skip x + out F(input x; features). */
export interface EdmPreconditioning {
  readonly skip: tf.Tensor;
  readonly out: tf.Tensor;
  readonly input: tf.Tensor;
}

/**
 * Scalings that keep the network's input and its target at unit variance at every noise level, for data of unit variance: table
 * 1 of Karras et al. 2022. With them a squared error of D, weighted by 1 / out^2, is the squared error of F.
 *
 * @param level noise levels, any shape
 */
export function edmPreconditioning(level: tf.Tensor): EdmPreconditioning {
  const total = tf.add(tf.square(level), 1);
  const root = tf.sqrt(total);
  return { skip: tf.div(1, total), out: tf.div(level, root), input: tf.div(1, root) };
}

/** Waves of the logarithm, each twice as fast as the one before; the slowest turns by a right angle over a factor of e^8. */
const OCTAVES = 5;

/** How many numbers `noiseFeatures` gives for a level. */
export const NOISE_FEATURES = 2 * OCTAVES + 1;

/** What a network is told of noise levels [B]: their logarithm and waves of it, [B, NOISE_FEATURES]. */
export function noiseFeatures(level: tf.Tensor): tf.Tensor {
  const logarithm = tf.reshape(tf.div(tf.log(level), 4), [-1, 1]);
  const frequencies = tf.tensor2d(
    Float32Array.from({ length: OCTAVES }, (_, i) => (Math.PI / 4) * 2 ** i),
    [1, OCTAVES],
  );
  const phases = tf.matMul(logarithm, frequencies);
  return tf.concat([logarithm, tf.sin(phases), tf.cos(phases)], 1);
}
