import * as tf from "@tensorflow/tfjs-core";
import { FORBIDDEN } from "../refiner/attention.js";

/*
 * Both cuts are by value: a threshold per site, and every code at or above it stays. So equal logits are treated alike,
 * whatever order a sort happens to leave them in.
 */

/** Penalty [..., V]: 0 for the k largest logits of a row and all that tie with the k-th, FORBIDDEN for the rest. */
export function topKPenalty(logits: tf.Tensor, k: number): tf.Tensor {
  const largest = tf.topk(logits, k, true).values;
  return belowPenalty(logits, tf.min(largest, -1, true));
}

/**
 * Penalty [..., V] of nucleus sampling (Holtzman et al. 2020) with VAR's rule: probabilities are summed from the
 * smallest up, and a code is dropped while the sum, its own share included, is at most 1 - p; the most probable one
 * never is.
 *
 * @param logits what the probabilities are the softmax of: after temperature and top-k
 * @param p a tensor of one element
 */
export function topPPenalty(logits: tf.Tensor, p: tf.Tensor): tf.Tensor {
  const probabilities = tf.softmax(logits, -1);
  const codes = logits.shape[logits.shape.length - 1] ?? 0;
  const descending = tf.topk(probabilities, codes, true).values;
  const dropped = tf.lessEqual(sumFromSmallest(descending), tf.sub(1, p));
  // Dropped entries are lifted above any probability, so the minimum is over the kept ones; it is never above the
  // largest, which is therefore kept even when the sum over all of them counts as dropped.
  const lowestKept = tf.min(tf.add(descending, tf.mul(tf.cast(dropped, "float32"), 2)), -1, true);
  const threshold = tf.minimum(lowestKept, tf.max(probabilities, -1, true));
  return belowPenalty(probabilities, threshold);
}

/** For a row in descending order, the sum from the end up to and including each entry: a product with a triangle. */
function sumFromSmallest(descending: tf.Tensor): tf.Tensor {
  const codes = descending.shape[descending.shape.length - 1] ?? 0;
  const triangle = new Float32Array(codes * codes);
  for (let from = 0; from < codes; from++) triangle.fill(1, from * codes, from * codes + from + 1);
  const rows = tf.reshape(descending, [-1, codes]);
  return tf.reshape(tf.matMul(rows, tf.tensor2d(triangle, [codes, codes])), descending.shape);
}

function belowPenalty(values: tf.Tensor, threshold: tf.Tensor): tf.Tensor {
  return tf.mul(tf.cast(tf.less(values, threshold), "float32"), FORBIDDEN);
}
