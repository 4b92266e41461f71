import * as tf from "@tensorflow/tfjs-core";
import { codebookAt } from "./codebook.js";
import type { Quantiser } from "./quantiser.js";

/*
 * Codes that are bits, one for each coordinate: 1 where it is above 0, else 0. Values [..., d], int32 codes [..., d]. They stay
 * apart, since a head predicts each by itself and d may be more than a number has bits.
 */

/**
 * Lookup-free quantisation (Yu et al. 2024): a coordinate becomes plus or minus a magnitude. Can be traced; choosing has no
 * gradient.
 *
 * @param magnitudes one for all scales, or one for each, coarsest first
 */
export function lookupFreeQuantiser(magnitudes: readonly number[]): Quantiser<tf.Tensor, tf.Tensor> {
  return bitwise((scale) => codebookAt(magnitudes, scale));
}

/**
 * Binary spherical quantisation (Zhao et al. 2024): vectors of length 1 to the corners of a cube inside the sphere, of
 * coordinates plus or minus one over the root of d. Training sends the gradient through `toSphere`; the choice itself does
 * not depend on lengths. Can be traced.
 */
export function binarySphericalQuantiser(): Quantiser<tf.Tensor, tf.Tensor> {
  return bitwise((_, coordinates) => 1 / Math.sqrt(coordinates));
}

/** Vectors [..., d] brought to length 1. Of a vector of 0 it makes 0. */
export function toSphere(x: tf.Tensor): tf.Tensor {
  const square = tf.sum(tf.square(x), -1, true);
  return tf.mul(x, tf.rsqrt(tf.maximum(square, LEAST_SQUARE)));
}

/** Squares of shorter vectors would not be normal float32 numbers. */
const LEAST_SQUARE = 1e-30;

function bitwise(magnitude: (scale: number, coordinates: number) => number): Quantiser<tf.Tensor, tf.Tensor> {
  const embed = (scale: number, codes: tf.Tensor): tf.Tensor => {
    const step = magnitude(scale, codes.shape[codes.rank - 1]!);
    return tf.sub(tf.mul(tf.cast(codes, "float32"), 2 * step), step);
  };
  return {
    embed,
    quantise(scale, residual) {
      const codes = tf.cast(tf.greater(residual, 0), "int32");
      return { codes, value: embed(scale, codes) };
    },
  };
}
