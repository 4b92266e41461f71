import * as tf from "@tensorflow/tfjs-core";
import { isTensor } from "../trace/trace.js";
import { flattenTree, mapTree, type Tree } from "../trace/tree.js";

/**
 * Exponential moving average of weights: average + (1 - decay) (value - average), leaf by leaf.
 *
 * @param decay share of the old average that is kept, in [0, 1); a scalar tensor when it follows a schedule
 */
export function movingAverage<T extends Tree<tf.Tensor>>(average: T, values: T, decay: number | tf.Tensor): T {
  const byPath = new Map(flattenTree<tf.Tensor>(values, isTensor));
  return mapTree<tf.Tensor, tf.Tensor>(average, isTensor, (old, path) =>
    tf.add(tf.mul(old, decay), tf.mul(byPath.get(path)!, tf.sub(1, decay))),
  ) as T;
}
