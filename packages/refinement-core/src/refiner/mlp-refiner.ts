import * as tf from "@tensorflow/tfjs-core";
import { atScale, requireContext, type ScaleGeometry } from "./geometry.js";
import { mlp, type MlpParameters } from "./mlp.js";
import type { ScaleTrunk } from "./refiner.js";

/** One perceptron per scale (the paper's two-stage set-up C, for any number of scales). */
export interface MlpRefinerConfig {
  readonly scales: readonly ScaleGeometry[];
  readonly contextChannels: number;
  /** Number of classes; 0 for an unconditional model. */
  readonly classes: number;
  readonly width: number;
  readonly hiddenLayers: number;
  /** Features handed to the head per site. */
  readonly siteChannels: number;
}

/** Parameters of the trunk. */
export type MlpRefinerParameters = { readonly scales: readonly MlpParameters[] };

/** What generation carries: the classes as one-hot rows [B, classes + 1]. */
export interface MlpRefinerState {
  readonly classes: tf.Tensor;
}

/**
 * Each scale's context, flattened, and the one-hot class through a perceptron of that scale's own to features of all
 * its sites: Markov by construction (eq. 18), and bound to the schedule it was made for.
 */
export function mlpRefiner(config: MlpRefinerConfig): ScaleTrunk<MlpRefinerParameters, MlpRefinerState> {
  const { scales, contextChannels, classes, siteChannels } = config;
  const networks = scales.map(({ sites }) =>
    mlp({
      inputs: sites * contextChannels + classes + 1,
      width: config.width,
      hiddenLayers: config.hiddenLayers,
      outputs: sites * siteChannels,
    }),
  );
  const start = (labels: tf.Tensor): MlpRefinerState => ({
    classes: tf.cast(tf.oneHot(tf.cast(labels, "int32"), classes + 1), "float32"),
  });
  const features = (params: MlpRefinerParameters, k: number, context: tf.Tensor, state: MlpRefinerState): tf.Tensor => {
    requireContext(scales, k, context, contextChannels);
    const [items = 0, sites = 0, channels = 0] = context.shape;
    const flat = tf.reshape(context, [items, sites * channels]);
    const rows = atScale(networks, k).apply(atScale(params.scales, k), tf.concat([flat, state.classes], 1));
    return tf.reshape(rows, [items, sites, siteChannels]);
  };
  return {
    scales,
    width: siteChannels,
    nullClass: classes,
    init: (random) => ({ scales: networks.map((network, k) => network.init(random.at("scales").at(k))) }),
    applyAll(params, contexts, labels) {
      const state = start(labels);
      const outputs = scales.map((_, k) => features(params, k, atScale(contexts, k), state));
      return tf.concat(outputs, 1);
    },
    start: (_params, labels) => start(labels),
    applyScale: (params, k, context, state) => ({ output: features(params, k, context, state), state }),
  };
}
