import * as tf from "@tensorflow/tfjs-core";
import { NextscaleError, silu } from "@nextscale/engine";
import { concatenate } from "../arrays.js";
import { FORBIDDEN } from "./attention.js";
import { atScale, requireContext, scaleOfSite, type ScaleGeometry } from "./geometry.js";
import { initLinear, linear, type LinearParameters } from "./linear.js";
import { initSharedModulation, modulatedNorm, sharedModulation } from "./modulation.js";
import type { BlockModulation, SharedModulationParameters } from "./modulation.js";
import type { ScaleTrunk } from "./refiner.js";
import { siteFeatureCount, siteFeatures, type SiteFeatureConfig } from "./site-features.js";
import { applyBlock, initBlock, type BlockConfig, type BlockParameters, type KeyValue } from "./transformer-block.js";

/**
 * What a site may attend to: `prefix`, all sites of its own and all coarser scales (eq. 2); `markov`, its own scale
 * only, so that the coarser scales act through the context alone (eq. 18).
 */
export type AttentionContext = "prefix" | "markov";

/** A scale transformer. `scales` and `features` may differ between training and use; parameters depend only on counts. */
export interface ScaleTransformerConfig extends BlockConfig {
  readonly scales: readonly ScaleGeometry[];
  readonly features: SiteFeatureConfig;
  /** Channels of a context: the embedding width of the quantiser, plus whatever else conditions a site. */
  readonly contextChannels: number;
  /** Number of classes; 0 for an unconditional model. */
  readonly classes: number;
  readonly context: AttentionContext;
}

/** Parameters of the scale transformer's trunk. */
export type ScaleTransformerParameters = {
  /** Projection of contexts [contextChannels, C]; its bias is the constant among the site features. */
  readonly context: tf.Tensor;
  /** Level and position embedding [features, C]. */
  readonly site: tf.Tensor;
  /** Class embedding [classes + 1, C]; the last row is the null class. */
  readonly class: tf.Tensor;
  readonly modulation: SharedModulationParameters;
  readonly blocks: readonly BlockParameters[];
  /** Adaptive layer norm before the head. */
  readonly norm: { readonly scale: LinearParameters; readonly shift: LinearParameters };
};

/** Carried from scale to scale in generation. */
export interface ScaleTransformerState {
  /** Class embedding [B, C]. */
  readonly condition: tf.Tensor;
  readonly shared: BlockModulation;
  /** Keys and values of each block for all coarser scales; empty before the first scale and when Markov. */
  readonly seen: readonly KeyValue[];
}

/**
 * The transformer of VAR (Tian et al. 2024, `var.py`, `basic_var.py`) with embeddings that do not know the schedule.
 *
 * Input of a site: its context projected, plus level and position embedding, plus on the coarsest scale the class
 * embedding (the start token). Rows [B*L, C] wherever a weight is applied, heads by reshape and transpose.
 *
 * @throws NextscaleError `invalid-argument` when heads do not divide the width or there is no scale
 */
export function scaleTransformer(
  config: ScaleTransformerConfig,
): ScaleTrunk<ScaleTransformerParameters, ScaleTransformerState> {
  const { scales, width, heads } = config;
  if (width % heads !== 0 || scales.length === 0) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/scaleTransformer",
      expected: "a width that the heads divide and at least one scale",
      got: `width ${width}, heads ${heads}, ${scales.length} scales`,
    });
  }
  const featureCount = siteFeatureCount(config.features);
  // As large as the grids are, and no business of those who only ask for the parameters.
  const featuresOf = scales.map((scale) => once(() => siteFeatures(scale, config.features)));
  const sites = scales.reduce((sum, scale) => sum + scale.sites, 0);

  /** Projected contexts plus site embeddings [B, L, C]. */
  const embed = (params: ScaleTransformerParameters, context: tf.Tensor, features: Float32Array): tf.Tensor => {
    const [items = 0, count = 0, channels = 0] = context.shape;
    const rows = tf.matMul(tf.reshape(context, [items * count, channels]), params.context);
    const site = tf.matMul(tf.tensor2d(features, [count, featureCount]), params.site);
    return tf.add(tf.reshape(rows, [items, count, width]), site);
  };
  const startToken = (condition: tf.Tensor): tf.Tensor => tf.reshape(condition, [-1, 1, width]);
  const finish = (params: ScaleTransformerParameters, x: tf.Tensor, condition: tf.Tensor): tf.Tensor => {
    const activated = silu(condition);
    const scale = tf.reshape(linear(params.norm.scale, activated), [-1, 1, width]);
    const shift = tf.reshape(linear(params.norm.shift, activated), [-1, 1, width]);
    return modulatedNorm(x, scale, shift);
  };
  const start = (params: ScaleTransformerParameters, labels: tf.Tensor): ScaleTransformerState => {
    const condition = tf.gather(params.class, labels);
    return { condition, shared: sharedModulation(params.modulation, condition), seen: [] };
  };

  return {
    scales,
    width,
    nullClass: config.classes,
    init(random) {
      const deviation = Math.sqrt(1 / (3 * width));
      return {
        context: random.normal("context", [config.contextChannels, width], deviation),
        site: random.normal("site", [featureCount, width], deviation),
        class: random.normal("class", [config.classes + 1, width], deviation),
        modulation: initSharedModulation(random.at("modulation"), width, config.gateInit),
        blocks: Array.from({ length: config.depth }, (_, index) => initBlock(random.at("blocks").at(index), config)),
        norm: {
          scale: initLinear(random.at("norm").at("scale"), width, width, deviation / 2),
          shift: initLinear(random.at("norm").at("shift"), width, width, deviation / 2),
        },
      };
    },
    start,
    applyAll(params, contexts, labels) {
      scales.forEach((_, k) => requireContext(scales, k, contexts[k], config.contextChannels));
      const { condition, shared } = start(params, labels);
      const features = concatenate(featuresOf.map((features) => features()));
      const embedded = embed(params, tf.concat(contexts as tf.Tensor[], 1), features);
      const coarsest = tf.tensor2d(
        Float32Array.from(scaleOfSite(scales), (k) => (k === 0 ? 1 : 0)),
        [sites, 1],
      );
      const isMasked = config.context === "prefix" && scales.length > 1;
      const seen = isMasked ? { bias: prefixBias(scales) } : { groups: scales.map((scale) => scale.sites) };
      let x = tf.add(embedded, tf.mul(startToken(condition), coarsest));
      for (const block of params.blocks) x = applyBlock(block, heads, { x, shared, ...seen }).x;
      return finish(params, x, condition);
    },
    applyScale(params, k, context, state) {
      requireContext(scales, k, context, config.contextChannels);
      const embedded = embed(params, context, atScale(featuresOf, k)());
      let x = k === 0 ? tf.add(embedded, startToken(state.condition)) : embedded;
      const seen: KeyValue[] = [];
      for (const [index, block] of params.blocks.entries()) {
        const past = state.seen[index];
        const next = applyBlock(block, heads, { x, shared: state.shared, ...(past === undefined ? {} : { past }) });
        x = next.x;
        if (config.context === "prefix") seen.push(next.seen);
      }
      return { output: finish(params, x, state.condition), state: { ...state, seen } };
    },
  };
}

/**
 * Which parameters AdamW decays, as in VAR: weights and the class embedding; not biases, scales, modulation biases, nor
 * the level and position embedding. For `decays` of `adamW`, with or without a prefix before the path.
 */
export function scaleTransformerDecays(path: string, parameter: { readonly shape: readonly number[] }): boolean {
  return parameter.shape.length > 1 && path.split("/").at(-1) !== "site";
}

/**
 * The hidden matrices: those of attention and feed-forward, whose inputs and outputs are both activations. For `orthogonalised`
 * of `muon`, with or without a prefix before the path.
 */
export function isHiddenMatrix(path: string, parameter: { readonly shape: readonly number[] }): boolean {
  return parameter.shape.length === 2 && /(^|\/)blocks\//.test(path);
}

/** Additive mask [L, L] of the attention among all scales at once: each site attends to its own scale and coarser ones. */
function prefixBias(scales: readonly ScaleGeometry[]): tf.Tensor {
  const level = scaleOfSite(scales);
  const bias = new Float32Array(level.length * level.length);
  level.forEach((query, i) => {
    level.forEach((key, j) => {
      if (key > query) bias[i * level.length + j] = FORBIDDEN;
    });
  });
  return tf.tensor2d(bias, [level.length, level.length]);
}

/** A value that is computed when it is first asked for. */
function once<T>(compute: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= compute());
}
