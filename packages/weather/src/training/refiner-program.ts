import { f32, stopGradient, type Program } from "@nextscale/engine";
import {
  scheduledTypes,
  traceTyped,
  updateWeights,
  weightStateTypes,
  type ScheduledInputs,
  type TypesOf,
  type WeightState,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { RunConfig } from "../config/config.js";
import type { HeadWeights } from "../head/head.js";
import { anchored, byUnseen, type StatePair } from "../model/anchor.js";
import { fieldModel, networkOnStates, weatherWeightTypes, type FieldScaling } from "../model/field-model.js";
import { FORCINGS } from "../model/forcings.js";
import { possibleState, truncated } from "../model/possible-state.js";
import type { FieldRefinerParameters } from "../refiner/field-refiner.js";
import { foldTypes, stateAt } from "./missed-program.js";
import type { Objective } from "./objective.js";
import type { Pushforward, PushforwardInputs } from "./pushforward.js";

/** Second-moment decay of 0.95 forgets the early gradients soon enough for a run of an hour. */
const BETAS = [0.9, 0.95] as const;

/** Moved along orthogonalised directions: the matrices of attention and feed-forward layers. */
const isHiddenMatrix = (path: string, { shape }: { readonly shape: readonly number[] }): boolean =>
  shape.length === 2 && /(^|\/)block\//.test(path);

type Inputs = ScheduledInputs & {
  readonly scaling: FieldScaling;
  /** As `WeatherWeights.truncation`. */
  readonly truncation: readonly tf.Tensor[];
  /** Regressions fitted on either half of the data, [H, predictors, 2 C]; empty for persistence. */
  readonly folds: readonly tf.Tensor[];
  readonly head: HeadWeights;
  readonly state: WeightState<FieldRefinerParameters>;
  /** Three successive states [batch, 3, H, W, C], in deviations from the mean. */
  readonly states: tf.Tensor;
  /** Noise on the first two states, in units of `inputNoise` [batch, 2, H, W, C]. */
  readonly noise: tf.Tensor;
  /** Which regression did not see an item: [batch, 1, 1, 1], 0 or 1. */
  readonly fold: tf.Tensor;
  readonly forcings: tf.Tensor;
  /** Of the objective. */
  readonly random: Readonly<Record<string, tf.Tensor>>;
  /** Of pushforward, if there is any. */
  readonly push?: PushforwardInputs;
};

/**
 * One training step. The network learns what the anchor misses of the next state, from states with noise on them, or from
 * forecasts of its own.
 */
export function refinerProgram(
  { model: config, training }: RunConfig,
  objective: Objective,
  pushforward?: Pushforward,
): Program {
  const { batchSize, weightDecay, inputNoise } = training;
  const { grid, refiner } = fieldModel(config);
  const types = weatherWeightTypes(config);
  const size = [grid.latitudes.length, grid.longitudes.length, config.channels.length] as const;
  const signature: TypesOf<Inputs> = {
    scaling: types.scaling,
    truncation: types.truncation,
    folds: foldTypes(config),
    head: types.head,
    state: weightStateTypes(types.refiner),
    states: f32(batchSize, 3, ...size),
    noise: f32(batchSize, 2, ...size),
    fold: f32(batchSize, 1, 1, 1),
    forcings: f32(batchSize, FORCINGS),
    random: objective.randomTypes(batchSize),
    ...(pushforward === undefined ? {} : { push: pushforward.types(batchSize) }),
    ...scheduledTypes,
  };
  return traceTyped<Inputs>(signature, (inputs) => {
    const { scaling, truncation: components, state, states, noise, fold, forcings } = inputs;
    const truncation = { truncation: config.truncation, grid, components };
    const noisy = (time: number) => {
      const own = tf.div(tf.mul(stateAt(noise, time), inputNoise), scaling.perChange);
      return tf.add(stateAt(states, time), truncated(truncation, own));
    };
    const weights = { perChange: scaling.perChange, regression: inputs.folds, components };
    const from = (pair: StatePair, time: tf.Tensor) => {
      const { anchor, known } = anchored(config.anchor, grid, weights, pair, (both) => byUnseen(both, fold));
      const on = { known: known.map(stopGradient), statics: scaling.statics, forcings: time };
      return { anchor, network: networkOnStates(refiner, state.parameters, on) };
    };
    const pushed = ({ previous, current }: StatePair): StatePair => {
      if (pushforward === undefined || inputs.push === undefined) return { previous, current };
      const { before, chosen, noise: draws, forcings: time } = inputs.push;
      const { anchor, network } = from({ previous: before, current: previous }, time);
      const missed = pushforward.head.draw(network, inputs.head, draws, tf.ones([config.sharpness.length]));
      const own = possibleState(truncation, scaling, tf.add(anchor, tf.mul(missed, scaling.innovation)));
      return { previous, current: stopGradient(tf.add(current, tf.mul(chosen, tf.sub(own, current)))) };
    };
    const { anchor, network } = from(pushed({ previous: noisy(0), current: noisy(1) }), forcings);
    const missed = tf.div(tf.sub(stateAt(states, 2), anchor), scaling.innovation);
    const { loss, ...parts } = objective.losses(network, inputs.head, missed, inputs.random);
    const next = updateWeights(loss, state, inputs, { betas: BETAS, weightDecay, orthogonalised: isHiddenMatrix });
    return { loss, ...parts, state: next };
  });
}
