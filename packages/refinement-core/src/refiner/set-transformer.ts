import * as tf from "@tensorflow/tfjs-core";
import { gelu, layerNorm } from "@nextscale/engine";
import { attention, FORBIDDEN, mergeHeads, splitHeads } from "./attention.js";
import { initLinear, linear, type LinearParameters } from "./linear.js";
import type { Network } from "./network.js";
import type { HostParameters, Initialiser } from "./parameters.js";

/*
 * Set Transformer blocks (Lee et al. 2019, section 3). No block knows an order: SAB and ISAB commute with permutations
 * of the set, PMA is invariant under them. A set of fewer than n elements is padded to n and masked; outputs at padded
 * places are defined but meaningless.
 */

/** Shape of a set block. */
export interface SetBlockConfig {
  readonly width: number;
  readonly heads: number;
  /** Hidden width of the row-wise feed-forward part. */
  readonly hidden: number;
}

/** Affine part of a layer norm, each [C]. */
export type NormParameters = { readonly scale: tf.Tensor; readonly bias: tf.Tensor };

/** Linear-GELU-Linear on each element: the paper's rFF. */
export type RowFeedForwardParameters = { readonly expand: LinearParameters; readonly contract: LinearParameters };

/** Parameters of one multihead attention block. */
export type MabParameters = {
  readonly query: LinearParameters;
  readonly key: LinearParameters;
  readonly value: LinearParameters;
  readonly output: LinearParameters;
  readonly attentionNorm: NormParameters;
  readonly feedForward: RowFeedForwardParameters;
  readonly outputNorm: NormParameters;
};

/** What restricts or biases an attention over a set. */
export interface SetAttentionOptions {
  /** Of shape [B, m]: 1 for an element and 0 for padding of the set attended to. Padding has no influence at all. */
  readonly mask?: tf.Tensor;
  /** Added to the scores of (query, key) pairs; broadcasts to [B, heads, n, m]. */
  readonly pairBias?: tf.Tensor;
}

/** Parameters of `isab`. */
export type IsabParameters = {
  /** The learned points [inducing, C]. */
  readonly inducing: tf.Tensor;
  readonly gather: MabParameters;
  readonly scatter: MabParameters;
};

/** Parameters of `pma`. */
export type PmaParameters = {
  /** The learned queries [seeds, C]. */
  readonly seeds: tf.Tensor;
  readonly feedForward: RowFeedForwardParameters;
  readonly attend: MabParameters;
};

const deviationOf = (inputs: number): number => Math.sqrt(1 / (3 * inputs));

function initRowFeedForward(random: Initialiser, config: SetBlockConfig): HostParameters<RowFeedForwardParameters> {
  return {
    expand: initLinear(random.at("expand"), config.width, config.hidden, deviationOf(config.width)),
    contract: initLinear(random.at("contract"), config.hidden, config.width, deviationOf(config.hidden)),
  };
}

function rowFeedForward(params: RowFeedForwardParameters, rows: tf.Tensor): tf.Tensor {
  return linear(params.contract, gelu(linear(params.expand, rows)));
}

/** MAB(X, Y) = LN(H + rFF(H)) with H = LN(X + Multihead(X, Y, Y)): x [B, n, C] attends to y [B, m, C], [B, n, C]. */
export function mab(
  config: SetBlockConfig,
): Network<MabParameters, [x: tf.Tensor, y: tf.Tensor, options?: SetAttentionOptions]> {
  const { width, heads } = config;
  return {
    init(random) {
      const projection = (name: string): HostParameters<LinearParameters> =>
        initLinear(random.at(name), width, width, deviationOf(width));
      const norm = (): HostParameters<NormParameters> => ({
        scale: random.constant([width], 1),
        bias: random.constant([width], 0),
      });
      return {
        query: projection("query"),
        key: projection("key"),
        value: projection("value"),
        output: projection("output"),
        attentionNorm: norm(),
        feedForward: initRowFeedForward(random.at("feedForward"), config),
        outputNorm: norm(),
      };
    },
    apply(params, x, y, options = {}) {
      const [items = 0, count = 0] = x.shape;
      const rowsOf = (set: tf.Tensor): tf.Tensor => tf.reshape(set, [-1, width]);
      const [rowsX, rowsY] = [rowsOf(x), rowsOf(y)];
      const scaled = tf.mul(linear(params.query, rowsX), 1 / Math.sqrt(width / heads));
      const value = splitHeads(linear(params.value, rowsY), items, heads);
      const bias = attentionBias(options);
      const attended = attention({
        query: splitHeads(scaled, items, heads),
        key: splitHeads(linear(params.key, rowsY), items, heads),
        value: options.mask === undefined ? value : maskedValue(value, options.mask),
        ...(bias === undefined ? {} : { bias }),
      });
      return tf.reshape(afterAttention(params, rowsX, mergeHeads(attended)), [items, count, width]);
    },
  };
}

/** What MAB does with rows [n, C] and what they have attended to [n, C]: LN(H + rFF(H)) with H = LN(X + output). */
export function afterAttention(params: MabParameters, rows: tf.Tensor, attended: tf.Tensor): tf.Tensor {
  const h = layerNorm(tf.add(rows, linear(params.output, attended)), params.attentionNorm);
  return layerNorm(tf.add(h, rowFeedForward(params.feedForward, h)), params.outputNorm);
}

/** SAB(X) = MAB(X, X): self-attention among the elements, [B, n, C] -> [B, n, C]. */
export function sab(config: SetBlockConfig): Network<MabParameters, [x: tf.Tensor, options?: SetAttentionOptions]> {
  const block = mab(config);
  return { init: block.init, apply: (params, x, options) => block.apply(params, x, x, options) };
}

/**
 * ISAB(X) = MAB(X, MAB(I, X)): self-attention through m learned points, so O(n m) instead of O(n^2). Pairs of elements
 * never meet, hence no pair bias. [B, n, C] -> [B, n, C].
 */
export function isab(
  config: SetBlockConfig & { readonly inducing: number },
): Network<IsabParameters, [x: tf.Tensor, options?: Pick<SetAttentionOptions, "mask">]> {
  const block = mab(config);
  return {
    init: (random) => ({
      inducing: random.normal("inducing", [config.inducing, config.width], 1),
      gather: block.init(random.at("gather")),
      scatter: block.init(random.at("scatter")),
    }),
    apply(params, x, options) {
      const summary = block.apply(params.gather, repeatForItems(params.inducing, x), x, options);
      return block.apply(params.scatter, x, summary);
    },
  };
}

/** PMA_k(Z) = MAB(S, rFF(Z)): pools a set to k = `seeds` vectors, [B, n, C] -> [B, k, C]. */
export function pma(
  config: SetBlockConfig & { readonly seeds: number },
): Network<PmaParameters, [z: tf.Tensor, options?: SetAttentionOptions]> {
  const block = mab(config);
  return {
    init: (random) => ({
      seeds: random.normal("seeds", [config.seeds, config.width], 1),
      feedForward: initRowFeedForward(random.at("feedForward"), config),
      attend: block.init(random.at("attend")),
    }),
    apply(params, z, options) {
      const rows = rowFeedForward(params.feedForward, tf.reshape(z, [-1, config.width]));
      return block.apply(params.attend, repeatForItems(params.seeds, z), tf.reshape(rows, z.shape), options);
    },
  };
}

/** [m, C] -> [B, m, C] for the items of `like` [B, ...]; an addition, because its gradient is one sum. */
export function repeatForItems(points: tf.Tensor, like: tf.Tensor): tf.Tensor {
  return tf.add(tf.expandDims(points, 0), tf.zeros([like.shape[0] ?? 0, 1, 1]));
}

/** Mask [B, m] as scores of 0 or FORBIDDEN, plus the pair bias. */
function attentionBias({ mask, pairBias }: SetAttentionOptions): tf.Tensor | undefined {
  if (mask === undefined) return pairBias;
  const [items = 0, count = 0] = mask.shape;
  const forbidden = tf.reshape(tf.mul(tf.sub(1, mask), FORBIDDEN), [items, 1, 1, count]);
  return pairBias === undefined ? forbidden : tf.add(pairBias, forbidden);
}

/** Zeroes padded values, so that a set that is all padding contributes nothing rather than its average. */
function maskedValue(value: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const [items = 0, count = 0] = mask.shape;
  return tf.mul(value, tf.reshape(mask, [items, 1, count, 1]));
}
