import { gelu, layerNorm } from "@nextscale/engine";
import { linear, type HostParameters, type LinearParameters } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { MessageConfig } from "../config/config.js";
import type { Dense } from "./dense.js";

/** Parameters of the rounds. */
export type PairMessageParameters = {
  readonly embed: LinearParameters;
  readonly rounds: readonly {
    readonly left: LinearParameters;
    readonly right: LinearParameters;
    readonly mix: LinearParameters;
  }[];
};

/** Products add up what comes from all third nodes; this keeps them near 1. */
const SCALE = 1 / 4;

/** Initial parameters of rounds on pairs of so many features. */
export function initPairMessages(
  { rounds, width }: MessageConfig,
  features: number,
  { dense }: Dense,
): HostParameters<PairMessageParameters> {
  return {
    embed: dense("messages/embed", features, width),
    rounds: Array.from({ length: rounds }, (_, i) => ({
      left: dense(`messages/${i}/left`, width, width),
      right: dense(`messages/${i}/right`, width, width),
      mix: dense(`messages/${i}/mix`, 2 * width, width),
    })),
  };
}

/**
 * What pairs of nodes know of each other by way of third nodes: in each round the features of u and w times those of w and v, added up over all w.
 * Where the edges of a triangle are decided one by one, each depends on the other two. (Provably powerful graph networks, Maron et al. 2019.)
 *
 * @param features of all pairs [items * nodes * nodes, features], the same in both directions
 * @param present 1 for pairs that may be edges, 0 for others [items, nodes, nodes]
 * @returns [items * nodes * nodes, width], the same in both directions
 */
export function pairMessages(params: PairMessageParameters, features: tf.Tensor, present: tf.Tensor): tf.Tensor {
  const [items = 0, nodes = 0] = present.shape;
  const mask = tf.reshape(present, [-1, 1]);
  const matrices = (x: tf.Tensor) => tf.transpose(tf.reshape(tf.mul(x, mask), [items, nodes, nodes, -1]), [0, 3, 1, 2]);
  let x: tf.Tensor = gelu(linear(params.embed, features));
  for (const { left, right, mix } of params.rounds) {
    const known = layerNorm(x);
    const product = tf.matMul(matrices(linear(left, known)), matrices(linear(right, known)));
    const both = tf.transpose(tf.add(product, tf.transpose(product, [0, 1, 3, 2])), [0, 2, 3, 1]);
    const heard = tf.mul(tf.reshape(both, [items * nodes * nodes, -1]), SCALE);
    x = tf.add(x, gelu(linear(mix, tf.concat([known, heard], 1))));
  }
  return x;
}
