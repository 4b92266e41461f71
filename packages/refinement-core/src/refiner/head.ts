import * as tf from "@tensorflow/tfjs-core";
import { initLinear, linear, type LinearParameters } from "./linear.js";
import type { HostParameters, Initialiser } from "./parameters.js";

/** What turns hidden features [B, sites, width] into a distribution per site. */
export interface Head<P, Output> {
  /** Initial parameters for hidden features of that width. */
  init(random: Initialiser, width: number): HostParameters<P>;
  /** The distribution's parameters, of form [B, sites, ...]. */
  apply(params: P, hidden: tf.Tensor): Output;
}

/** Initial output weights are this fraction of a hidden layer's (VAR's `init_head`): an untrained head is near uniform. */
const HEAD_INIT = 0.02;

const headDeviation = (width: number): number => HEAD_INIT * Math.sqrt(1 / (3 * width));

/** Applies a linear map to the last axis of [B, sites, width]. */
function perSite(params: LinearParameters, hidden: tf.Tensor): tf.Tensor {
  const [items = 0, sites = 0, width = 0] = hidden.shape;
  return tf.reshape(linear(params, tf.reshape(hidden, [items * sites, width])), [items, sites, -1]);
}

/** Logits [B, sites, codes] of one categorical per site (eq. 18). */
export function categoricalHead(codes: number): Head<LinearParameters, tf.Tensor> {
  return {
    init: (random, width) => initLinear(random, width, codes, headDeviation(width)),
    apply: perSite,
  };
}

/**
 * Logits [B, sites, bits] of independent bits per site (Han et al. 2025): one of each, the logarithm of the odds of a 1, where
 * they have two. As many outputs as codes have bits, where a categorical head has one for each code.
 */
export function bitwiseHead(bits: number): Head<LinearParameters, tf.Tensor> {
  return categoricalHead(bits);
}

/** A normal distribution per site and channel, each [B, sites, channels]. */
export interface GaussianOutput {
  readonly mean: tf.Tensor;
  /** Natural logarithm of the standard deviation. */
  readonly logDeviation: tf.Tensor;
}

/** Parameters of the Gaussian head: two linear maps, so that no activation is sliced. */
export type GaussianHeadParameters = { readonly mean: LinearParameters; readonly logDeviation: LinearParameters };

/** Mean and log deviation per channel: the continuous counterpart of the categorical head (section 6 (ii)). */
export function gaussianHead(channels: number): Head<GaussianHeadParameters, GaussianOutput> {
  return {
    init: (random, width) => ({
      mean: initLinear(random.at("mean"), width, channels, headDeviation(width)),
      logDeviation: initLinear(random.at("logDeviation"), width, channels, headDeviation(width)),
    }),
    apply: (params, hidden) => ({
      mean: perSite(params.mean, hidden),
      logDeviation: perSite(params.logDeviation, hidden),
    }),
  };
}
