import { linear, mab, type HostParameters, type LinearParameters, type NormalSource } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { Coding } from "../codes/encode-graph.js";
import { allPairs } from "./all-pairs.js";
import { denseFrom, deviationOf } from "./dense.js";
import { nodeFeatures, type RefinerTensors } from "./inputs.js";
import { initPairMessages, type PairMessageParameters } from "./pair-messages.js";
import { pairStates, walkFeatures } from "./pair-states.js";
import { linkedPairs } from "./linked-pairs.js";
import type { AttentionParameters } from "./pair-view.js";
import { patternHead, type PatternHeadParameters } from "./pattern-head.js";
import { splitLimits } from "./split-limits.js";

/** Parameters of the network. */
export type GraphRefinerParameters = {
  readonly node: LinearParameters;
  /** Returns of random walks to where they began [walks, width]. */
  readonly returns: tf.Tensor;
  /** With what the state of a pair, and the walks between its nodes, add to the scores of each head. */
  readonly blocks: readonly (AttentionParameters & { readonly bias: LinearParameters })[];
  /** Of rounds between pairs, where there are any. */
  readonly messages?: PairMessageParameters;
  readonly splits: LinearParameters;
  readonly pair: PatternHeadParameters;
};

/** Logits of all codes of a batch. */
export type RefinerLogits = {
  /** Of the code of each node's split [items, nodes, codes]. */
  readonly splits: tf.Tensor;
  /** Of each group's pattern [items, groups, patterns]. */
  readonly patterns: tf.Tensor;
};

/** The network as two functions. */
export interface GraphRefiner {
  init(source: NormalSource): HostParameters<GraphRefinerParameters>;
  apply(params: GraphRefinerParameters, inputs: RefinerTensors): RefinerLogits;
}

/**
 * The refiner of graphs: a set transformer over the nodes of a level, without any notion of their order. Attention knows the
 * state of each pair of nodes; heads for nodes and for groups of pairs say what is likely. It commutes with every permutation
 * of the nodes, of the groups, and of the nodes on either side of a group.
 */
export function graphRefiner({ config, patterns, splits }: Coding): GraphRefiner {
  const { width, heads, blocks, pairWidth, summaries, messages } = config.network;
  const states = pairStates(config.edgeLabels);
  const shape = { width, heads, hidden: 4 * width };
  const walks = walkFeatures(config.network);
  const known = states + walks;
  const pairInputs = known + (messages?.width ?? 0);
  const features = nodeFeatures(config);
  const limited = splitLimits(splits, config.nodeLabels);
  const head = patternHead({ patterns, width, pairWidth, pairInputs });
  return {
    init(source) {
      const layers = denseFrom(source);
      const { random, dense } = layers;
      const block = mab(shape);
      const summary = (i: number) => ({
        inducing: random.normal(`block/${i}/inducing`, [summaries ?? 0, width], 1),
        gather: block.init(random.at(`block/${i}/gather`)),
      });
      return {
        node: dense("node", features, width),
        returns: random.normal("returns", [walks, width], deviationOf(walks)),
        blocks: Array.from({ length: blocks }, (_, i) => ({
          block: block.init(random.at(`block/${i}`)),
          ...(summaries === undefined ? {} : { summary: summary(i) }),
          bias: dense(`bias/${i}`, pairInputs, heads),
        })),
        ...(messages === undefined ? {} : { messages: initPairMessages(messages, known, layers) }),
        splits: layers.head("splits", width, splits.count),
        pair: head.init(layers),
      };
    },
    apply(params, inputs) {
      const [items = 0, nodes = 0] = inputs.mask.shape;
      const view =
        "pairs" in inputs ? allPairs(inputs, config, shape, params.messages) : linkedPairs(inputs, config, shape);
      const embedded = linear(params.node, tf.reshape(inputs.nodes, [items * nodes, features]));
      const returns = tf.matMul(view.returns, params.returns);
      let x: tf.Tensor = tf.reshape(tf.add(embedded, returns), [items, nodes, width]);
      for (const layer of params.blocks) x = view.attend(layer, x, linear(layer.bias, view.features));
      const rows = tf.reshape(x, [items * nodes, width]);
      const ofSplits = tf.add(linear(params.splits, rows), limited(inputs.limits));
      const ofPatterns = head.apply(params.pair, rows, inputs, view);
      const [, groups = 0] = inputs.forms.shape;
      return {
        splits: tf.reshape(ofSplits, [items, nodes, splits.count]),
        patterns: tf.reshape(ofPatterns, [items, groups, patterns.count]),
      };
    },
  };
}
