import * as tf from "@tensorflow/tfjs-core";
import { isTensor } from "../trace/trace.js";
import { flattenTree, mapTree, type Tree } from "../trace/tree.js";
import { demandPositive, refused } from "./checks.js";

const WHERE = "engine/clipByGlobalNorm";

/**
 * Scales all gradients down together so that their joint Euclidean norm is at most `maximum` (Pascanu et al. 2013).
 *
 * @param maximum above 0
 * @returns the clipped gradients, in a tree of the same form, and the norm before clipping (scalar)
 * @throws NextscaleError `invalid-argument` for another maximum, or no gradients at all
 */
export function clipByGlobalNorm<T extends Tree<tf.Tensor>>(
  gradients: T,
  maximum: number,
): { clipped: T; norm: tf.Tensor } {
  demandPositive(WHERE, "maximum", maximum);
  const squares = flattenTree<tf.Tensor>(gradients, isTensor).map(([, gradient]) => tf.sum(tf.square(gradient)));
  if (squares.length === 0) throw refused(WHERE, "gradients", "none");
  const norm = tf.sqrt(tf.addN(squares));
  const factor = tf.div(maximum, tf.maximum(norm, maximum));
  return {
    clipped: mapTree<tf.Tensor, tf.Tensor>(gradients, isTensor, (gradient) => tf.mul(gradient, factor)) as T,
    norm,
  };
}
