import { f32, i32 } from "@nextscale/engine";
import {
  categoricalHead,
  denoisingLoss,
  denoisingTarget,
  encode,
  identityQuantiser,
  NOISE_FEATURES,
  noiseFeatures,
  noisyState,
  parameterTypes,
  SHAPES_ONLY,
  traceTyped,
  walk,
  type LinearParameters,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { cellNetwork, type CellParameters, type SiteInputs } from "../network/cell-network.js";
import type { StudySettings } from "../settings.js";
import type { CellModel, PlannedSampler } from "./cell-model.js";
import type { ContinuousCell } from "./continuous.js";
import { DIFFUSION, type DenoisingProcess } from "./denoising-process.js";
import { factorsAt, noiseOnResiduals } from "./residual-noise.js";

/** A model that takes noise from the residuals of each scale. */
export interface EpsilonModel extends CellModel<LinearParameters>, ContinuousCell {
  readonly head: "epsilon";
  readonly sampler: PlannedSampler;
  readonly process: DenoisingProcess;
  /**
   * The velocity of a scale's noisy residuals [B, sites, width], or what else the process has the network say.
   *
   * @param context of the scale [B, sites, width] @param level noise / signal [B]
   */
  predict(
    params: CellParameters<LinearParameters>,
    k: number,
    shown: { readonly context: tf.Tensor; readonly noisy: tf.Tensor; readonly level: tf.Tensor },
    labels: tf.Tensor,
  ): tf.Tensor;
}

type Params = CellParameters<LinearParameters>;

type DenoiseInputs = {
  readonly parameters: Params;
  readonly labels: tf.Tensor;
  readonly state: tf.Tensor;
  readonly noisy: tf.Tensor;
  readonly level: tf.Tensor;
};

/**
 * The diffusion head of section 6: with one scale diffusion of pixels or latents, with several that of a pyramid, each scale
 * given what the coarser ones amount to.
 */
export function epsilonModel(
  { domain, space, deviations }: ContinuousCell,
  { backbone }: Pick<StudySettings, "backbone">,
  process: DenoisingProcess = DIFFUSION,
): EpsilonModel {
  const { tokens, states: shapes } = space;
  const network = cellNetwork(backbone, tokens, {
    ...{ context: "markov", ownInputs: 2, commonInputs: NOISE_FEATURES },
    headOf: ({ width }) => categoricalHead(width),
  });
  const types = parameterTypes(network.init(SHAPES_ONLY));
  const allSites = tokens.reduce((sum, { sites }) => sum + sites, 0);
  const inputsOf = (k: number, context: tf.Tensor, noisy: tf.Tensor, level: tf.Tensor): SiteInputs => {
    const features = tf.reshape(noiseFeatures(level), [-1, 1, NOISE_FEATURES]);
    return { own: tf.concat([context, noisy], 2), common: tf.tile(features, [1, tokens[k]!.sites, 1]) };
  };
  const predict: EpsilonModel["predict"] = (params, k, { context, noisy, level }, labels) =>
    network.one(params, k, inputsOf(k, context, noisy, level), network.start(params, labels)).output;
  return {
    head: "epsilon",
    process,
    ...{ domain, space, deviations, types, init: network.init, random: noiseOnResiduals(tokens, process), predict },
    loss(params, states, labels, random) {
      const policy = encode(identityQuantiser<tf.Tensor>(), space.data(states));
      const visits = [...walk(space.scales(), tf.zeros([states.shape[0], ...shapes[0]!]), policy)];
      const steps = visits.map(({ context, codes }, k) => {
        const factors = factorsAt(random, k);
        const [data, e] = [tf.div(codes, deviations[k]!), random[`e${k}`]!];
        const inputs = inputsOf(k, context, noisyState(factors, data, e), tf.div(factors.noise, factors.signal));
        return { factors, inputs, target: denoisingTarget(factors, data, e) };
      });
      const outputs = network.all(params, steps.map(({ inputs }) => inputs), labels); // prettier-ignore
      const losses = steps.map(({ factors, target }, k) =>
        tf.mul(denoisingLoss(factors, outputs[k]!, target), tokens[k]!.sites / allSites),
      );
      return tf.addN(losses);
    },
    sampler: {
      kind: "diffusion",
      process,
      scales: tokens,
      stateSize: shapes[0]!.reduce((product, extent) => product * extent, 1),
      denoise(k, items) {
        const { sites, width } = tokens[k]!;
        const signature = {
          ...{ parameters: types, labels: i32(items), state: f32(items, ...shapes[k]!) },
          ...{ noisy: f32(items, sites, width), level: f32(items) },
        };
        return traceTyped<DenoiseInputs>(signature, ({ parameters, labels, state, noisy, level }) => {
          const context = space.scales()[k]!.context(state);
          return { prediction: predict(parameters, k, { context, noisy, level }, labels) };
        });
      },
      refine(k, items) {
        const { sites, width } = tokens[k]!;
        const signature = { state: f32(items, ...shapes[k]!), value: f32(items, sites, width) };
        return traceTyped<{ readonly state: tf.Tensor; readonly value: tf.Tensor }>(signature, ({ state, value }) => {
          const scale = space.scales()[k]!;
          const next = scale.refine(state, tf.mul(value, deviations[k]!), scale.context(state));
          return k === tokens.length - 1 ? { images: domain.images(next) } : { state: next };
        });
      },
    },
  };
}
