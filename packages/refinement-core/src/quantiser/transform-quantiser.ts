import { NextscaleError } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { codebookAt } from "./codebook.js";
import type { Quantiser } from "./quantiser.js";

/** An orthonormal transform of vectors and the levels of its coordinates. */
export type TransformCodebook<T = tf.Tensor> = {
  /** Orthonormal rows [D, n]: coordinates of a vector x are axes x. What lies across them is dropped. */
  readonly axes: T;
  /** What each level of each coordinate stands for [D, V], V odd; the middle one is the level of 0. */
  readonly centroids: T;
};

/**
 * Transform coding: vectors are turned onto orthonormal axes and every coordinate is rounded to a multiple of one step, the
 * same for all coordinates and scales ("reverse water-filling": equal distortion wherever anything is coded at all). With
 * the axes of a Karhunen-Loeve transform it is a linear autoencoder followed by finite scalar quantisation (Mentzer et
 * al. 2023), with ordered levels and no codebook that could collapse. Coordinates beyond the outermost level get that one.
 *
 * Values [..., n], int32 codes [..., D]. Can be traced; choosing has no gradient.
 *
 * @param codebooks one for all scales, or one for each, coarsest first
 * @param step distance between two levels
 */
export function transformQuantiser(
  codebooks: readonly TransformCodebook[],
  step: number,
): Quantiser<tf.Tensor, tf.Tensor> {
  const embed = (scale: number, codes: tf.Tensor): tf.Tensor => {
    const { axes, centroids } = codebookAt(codebooks, scale);
    const [dimensions = 0, levels = 0] = centroids.shape;
    const rows = tf.tensor1d(Int32Array.from({ length: dimensions }, (_, d) => d * levels), "int32"); // prettier-ignore
    const coordinates = tf.gather(tf.reshape(centroids, [dimensions * levels]), tf.add(codes, rows));
    return tf.reshape(tf.matMul(asRows(coordinates), axes), [...codes.shape.slice(0, -1), axes.shape[1]!]);
  };
  return {
    embed,
    quantise(scale, residual) {
      const { axes, centroids } = codebookAt(codebooks, scale);
      requireWidth(axes.shape[1], residual.shape);
      const coordinates = tf.matMul(asRows(residual), axes, false, true);
      const middle = (centroids.shape[1]! - 1) / 2;
      const levels = tf.add(tf.round(tf.div(coordinates, step)), middle);
      const codes = tf.cast(tf.clipByValue(levels, 0, 2 * middle), "int32");
      const shaped = tf.reshape(codes, [...residual.shape.slice(0, -1), axes.shape[0]]);
      return { codes: shaped, value: embed(scale, shaped) };
    },
  };
}

/** [..., n] -> [rows, n]. */
function asRows(x: tf.Tensor): tf.Tensor {
  return tf.reshape(x, [-1, x.shape[x.rank - 1]!]);
}

function requireWidth(width: number | undefined, value: readonly number[]): void {
  if (value[value.length - 1] === width) return;
  throw new NextscaleError({
    code: "shape",
    where: "refinement-core/transformQuantiser",
    expected: `vectors of ${width} numbers, as the axes have`,
    got: `[${value.join()}]`,
  });
}
