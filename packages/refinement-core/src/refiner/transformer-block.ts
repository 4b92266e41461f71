import * as tf from "@tensorflow/tfjs-core";
import { gelu } from "@nextscale/engine";
import { attention, attentionWithin, headsFirst, mergeHeads, perHead, splitHeads } from "./attention.js";
import { initLinear, linear, type LinearParameters } from "./linear.js";
import {
  blockModulation,
  initBlockModulation,
  modulatedNorm,
  type BlockModulation,
  type BlockModulationParameters,
} from "./modulation.js";
import type { HostParameters, Initialiser } from "./parameters.js";

/** Shape of a block. */
export interface BlockConfig {
  readonly width: number;
  readonly heads: number;
  /** Hidden width of the feed-forward part as a multiple of `width`. */
  readonly expansion: number;
  /** Number of blocks in the stack: branches start scaled down by sqrt(2 depth). */
  readonly depth: number;
  /** Initial deviation of the residual gates from 1, relative to other modulations'. */
  readonly gateInit: number;
}

/** Pre-norm attention block as in VAR (`basic_var.py`): qk-norm, adaptive layer norm, GELU feed-forward. */
export type BlockParameters = {
  readonly attention: {
    readonly query: LinearParameters;
    /** Weight [C, C]; a bias on the keys shifts all scores of a query alike, so keys have none. */
    readonly key: tf.Tensor;
    readonly value: LinearParameters;
    readonly output: LinearParameters;
    /** Logarithm of each head's score scale [H]. */
    readonly logScale: tf.Tensor;
  };
  readonly feedForward: { readonly expand: LinearParameters; readonly contract: LinearParameters };
  readonly modulation: BlockModulationParameters;
};

/** Keys and values of sites already seen, each [B, H, sites, C/H]; keys are normalised. */
export interface KeyValue {
  readonly key: tf.Tensor;
  readonly value: tf.Tensor;
}

/** A head's score scale starts at 4 and is kept from exceeding 100 (VAR, after Swin v2). */
const INITIAL_SCALE = 4;
const LARGEST_SCALE = 100;

/** Keeps the norm of an all-zero query or key from dividing by zero. */
const NORM_EPSILON = 1e-12;

/** Parameters of block `index` of a stack. */
export function initBlock(random: Initialiser, config: BlockConfig): HostParameters<BlockParameters> {
  const { width, heads, expansion, depth, gateInit } = config;
  const deviation = Math.sqrt(1 / (3 * width));
  const branchDeviation = deviation / Math.sqrt(2 * depth);
  const attentionRandom = random.at("attention");
  const feedForwardRandom = random.at("feedForward");
  return {
    attention: {
      query: initLinear(attentionRandom.at("query"), width, width, deviation),
      key: attentionRandom.normal("key", [width, width], deviation),
      value: initLinear(attentionRandom.at("value"), width, width, deviation),
      output: initLinear(attentionRandom.at("output"), width, width, branchDeviation),
      logScale: attentionRandom.constant([heads], Math.log(INITIAL_SCALE)),
    },
    feedForward: {
      expand: initLinear(feedForwardRandom.at("expand"), width, width * expansion, deviation),
      contract: initLinear(feedForwardRandom.at("contract"), width * expansion, width, branchDeviation),
    },
    modulation: initBlockModulation(random.at("modulation"), width, gateInit),
  };
}

/** What a block is applied to. */
export interface BlockInputs {
  /** Residual stream [B, L, C]. */
  readonly x: tf.Tensor;
  /** Modulation of all blocks, before this one's bias. */
  readonly shared: BlockModulation;
  /** Sites that these may attend to besides themselves. */
  readonly past?: KeyValue;
  /** Added to the attention scores. */
  readonly bias?: tf.Tensor;
  /**
   * Into how many windows of consecutive sites attention is divided; 1 unless given. Nothing is moved for it: sites that are
   * to share a window must lie side by side. Not together with `past`.
   */
  readonly windows?: number;
  /**
   * Into groups of how many consecutive sites attention is divided, where these are not all of one size: the scales of a Markov
   * context. Together as many as there are sites. Not together with `past`, `bias` or `windows`.
   */
  readonly groups?: readonly number[];
}

/** One block; also returns the keys and values of `past` and `x` together. */
export function applyBlock(
  params: BlockParameters,
  heads: number,
  inputs: BlockInputs,
): { readonly x: tf.Tensor; readonly seen: KeyValue } {
  const [items = 0, sites = 0, width = 0] = inputs.x.shape;
  const windows = items * (inputs.windows ?? 1);
  const asRows = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [items * sites, width]);
  const asItems = (rows: tf.Tensor): tf.Tensor => tf.reshape(rows, [items, sites, width]);
  const modulation = blockModulation(inputs.shared, params.modulation);

  const { query, key, value, output, logScale } = params.attention;
  const rows = asRows(modulatedNorm(inputs.x, modulation.attentionScale, modulation.attentionShift));
  const headScale = tf.reshape(tf.exp(tf.minimum(logScale, Math.log(LARGEST_SCALE))), [heads, 1]);
  const queries = headsFirst(normalise(perHead(linear(query, rows), windows, heads), headScale));
  const newKeys = headsFirst(normalise(perHead(tf.matMul(rows, key), windows, heads)));
  const newValues = splitHeads(linear(value, rows), windows, heads);
  const seen =
    inputs.past === undefined
      ? { key: newKeys, value: newValues }
      : { key: tf.concat([inputs.past.key, newKeys], 2), value: tf.concat([inputs.past.value, newValues], 2) };
  const attended = mergeHeads(
    inputs.groups === undefined
      ? attention({ query: queries, ...seen, ...(inputs.bias === undefined ? {} : { bias: inputs.bias }) })
      : attentionWithin(inputs.groups, { query: queries, ...seen }),
  );
  const x = tf.add(inputs.x, gated(asItems(linear(output, attended)), modulation.attentionGate));

  const { expand, contract } = params.feedForward;
  const hidden = gelu(
    linear(expand, asRows(modulatedNorm(x, modulation.feedForwardScale, modulation.feedForwardShift))),
  );
  return { x: tf.add(x, gated(asItems(linear(contract, hidden)), modulation.feedForwardGate)), seen };
}

/**
 * A branch times 1 + gate. VAR's gates start near 0 instead, which asks for more steps than a small model is given: here
 * branches start at the size that their weights have (scaled down by sqrt(2 depth), as in GPT-2).
 */
function gated(branch: tf.Tensor, gate: tf.Tensor): tf.Tensor {
  return tf.mul(branch, tf.add(gate, 1));
}

/** Unit vectors along the last axis of [B, L, H, D], times `scale` ([H, 1]) if given: one pass over the activations. */
function normalise(x: tf.Tensor, scale?: tf.Tensor): tf.Tensor {
  const inverse = tf.rsqrt(tf.add(tf.sum(tf.square(x), -1, true), NORM_EPSILON));
  return tf.mul(x, scale === undefined ? inverse : tf.mul(inverse, scale));
}
