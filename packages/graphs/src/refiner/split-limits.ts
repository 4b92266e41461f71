import * as tf from "@tensorflow/tfjs-core";
import { SPLIT_CLASSES } from "../codes/split-classes.js";
import type { SplitCodes } from "../codes/split-codes.js";
import { massOf } from "../pyramid/formula.js";
import { IMPOSSIBLE, numbersTo, tableOf } from "./tables.js";

/**
 * What is added to the logits of the splits that take more of something than a node has, [rows, codes], of limits [items, nodes, labels + 1].
 *
 * Of each code a table says what it takes at least: 1 where it takes more than t nodes of a label, or in all, t = 0, 1, ... Its product with
 * what a node is short of is above 0 where the code is not for it.
 */
export function splitLimits({ count, formulas }: SplitCodes, labels: number): (limits: tf.Tensor) => tf.Tensor {
  const taken = Array.from({ length: count }, (_, code) => {
    const formula = code < SPLIT_CLASSES ? new Int32Array(labels) : formulas[code - SPLIT_CLASSES]!;
    return [...formula, code < SPLIT_CLASSES ? code : massOf(formula)];
  });
  const steps = Math.max(...taken.flat());
  const values = new Float32Array((labels + 1) * steps * count);
  taken.forEach((amounts, code) =>
    amounts.forEach((amount, kind) => {
      for (let t = 0; t < amount; t++) values[(kind * steps + t) * count + code] = 1;
    }),
  );
  const table = tableOf(values, [(labels + 1) * steps, count]);
  return (limits) => {
    const [items = 0, nodes = 0, kinds = 0] = limits.shape;
    const short = tf.greaterEqual(numbersTo(steps), tf.reshape(limits, [items * nodes, kinds, 1]));
    const wanting = tf.matMul(tf.reshape(tf.cast(short, "float32"), [items * nodes, kinds * steps]), table());
    return tf.mul(tf.cast(tf.greater(wanting, 0), "float32"), IMPOSSIBLE);
  };
}
