import * as tf from "@tensorflow/tfjs-core";
import { isTensor } from "../trace/trace.js";
import { mapTree, type Tree } from "../trace/tree.js";
import { demandWithin, leavesLike, leavesOf } from "./checks.js";

const WHERE = "engine/movingAverage";

/**
 * Exponential moving average of weights: average + (1 - decay) (value - average), leaf by leaf.
 *
 * @param decay share of the old average that is kept, in [0, 1); a scalar tensor when it follows a schedule
 * @throws NextscaleError `invalid-argument` for another number, or values of another form than the average
 */
export function movingAverage<T extends Tree<tf.Tensor>>(average: T, values: T, decay: number | tf.Tensor): T {
  if (typeof decay === "number") demandWithin(WHERE, "decay", decay, 0, 1);
  const value = leavesLike(WHERE, "values", values, leavesOf(average));
  return mapTree<tf.Tensor, tf.Tensor>(average, isTensor, (old, path) =>
    tf.add(tf.mul(old, decay), tf.mul(value(path), tf.sub(1, decay))),
  ) as T;
}
