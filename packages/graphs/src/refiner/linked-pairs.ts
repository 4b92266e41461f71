import { linkedMab, mab, repeatForItems, type SetBlockConfig } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { GraphModelConfig } from "../config/config.js";
import { pairStates, walkFeatures } from "./pair-states.js";
import type { LinkInputs } from "./link-inputs.js";
import type { PairView } from "./pair-view.js";

/** The view of the pairs that may be edges, and of each node with itself: memory grows with their number. @param mask [items, nodes] */
export function linkedPairs(
  { from, to, states: ofLinks, between, returns, mask }: { readonly [K in keyof LinkInputs | "mask"]: tf.Tensor },
  { edgeLabels, network }: GraphModelConfig,
  shape: SetBlockConfig,
): PairView {
  const [items = 0, nodes = 0] = mask.shape;
  const states = pairStates(edgeLabels);
  const flat = (x: tf.Tensor) => tf.reshape<tf.Rank.R1>(x, [-1]);
  const links = { from: flat(from), to: flat(to) };
  const oneHot: tf.Tensor = tf.oneHot(flat(ofLinks), states, 1, 0, "float32");
  const [gather, block] = [mab(shape), linkedMab(shape)];
  return {
    features: tf.concat([oneHot, tf.reshape(between, [-1, walkFeatures(network)])], -1),
    returns: tf.reshape(returns, [items * nodes, walkFeatures(network)]),
    attend(params, x, bias) {
      const { inducing, gather: gathering } = params.summary!;
      const summary = gather.apply(gathering, repeatForItems(inducing, x), x, { mask });
      return block(params.block, x, links, { bias, summary });
    },
    rowsAt(index) {
      const first = tf.tensor(
        Int32Array.from({ length: items }, (_, item) => item * nodes),
        [items, 1, 1],
        "int32",
      );
      const rows = flat(tf.add(index, first));
      return (x) => tf.gather(x, rows);
    },
  };
}
