import { sab, type SetBlockConfig } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { GraphModelConfig } from "../config/config.js";
import { edgeWeights, pairStates, walkFeatures } from "./pair-states.js";
import { pairMessages, type PairMessageParameters } from "./pair-messages.js";
import type { PairView, RowsAt } from "./pair-view.js";
import { numbersTo } from "./tables.js";
import { walksOf } from "./walks.js";

/** The view of all pairs of nodes. @param pairs their states [items, nodes, nodes] @param mask [items, nodes] */
export function allPairs(
  { pairs, mask }: { readonly pairs: tf.Tensor; readonly mask: tf.Tensor },
  { edgeLabels, network }: GraphModelConfig,
  shape: SetBlockConfig,
  messages?: PairMessageParameters,
): PairView {
  const [items = 0, nodes = 0] = mask.shape;
  const states = pairStates(edgeLabels);
  const block = sab(shape);
  const walks = edgeWeights(edgeLabels).map((weights) => walksOf(pairs, network.walkLength, weights));
  const pairInputs = states + walkFeatures(network);
  const oneHot: tf.Tensor = tf.oneHot(pairs, states, 1, 0, "float32");
  const features = tf.reshape(tf.concat([oneHot, ...walks.map(({ between }) => between)], -1), [-1, pairInputs]);
  const present = tf.cast(tf.greater(pairs, 0), "float32");
  return {
    features: messages === undefined ? features : tf.concat([features, pairMessages(messages, features, present)], 1),
    returns: tf.reshape(
      tf.concat(
        walks.map(({ returns }) => returns),
        -1,
      ),
      [items * nodes, walkFeatures(network)],
    ),
    attend(params, x, bias) {
      const scores = tf.transpose(tf.reshape(bias, [items, nodes, nodes, shape.heads]), [0, 3, 1, 2]);
      return block.apply(params.block, x, { mask, pairBias: scores });
    },
    rowsAt: (index) => rowsAt(index, nodes),
  };
}

/** A product with ones and zeros within each item: the gradient of a gather adds row by row, which is ten times slower. */
function rowsAt(index: tf.Tensor, nodes: number): RowsAt {
  const [items = 0] = index.shape;
  const which = tf.cast(tf.equal(tf.reshape(index, [items, -1, 1]), numbersTo(nodes)), "float32");
  return (x) => {
    const [, width = 0] = x.shape;
    return tf.reshape(tf.matMul(which, tf.reshape(x, [items, nodes, width])), [-1, width]);
  };
}
