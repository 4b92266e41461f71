import {
  adamWSignature,
  adamWZeros,
  clipByGlobalNorm,
  f32,
  gradients,
  movingAverage,
  muon,
  type AdamWOptions,
  type AdamWState,
  type MuonOptions,
  type NamedArrays,
  type TensorType,
  type Tree,
} from "@nextscale/engine";
import type * as tf from "@tensorflow/tfjs-core";
import type { TypesOf } from "../model/traced.js";
import type { HostTensor } from "../pyramid/host-tensor.js";
import { parameterArrays } from "../refiner/parameters.js";

/** What every stage trains: weights, their moving average (which is what a finished model keeps), AdamW's moments. */
export type WeightState<P> = {
  readonly parameters: P;
  readonly average: P;
  readonly optimiser: AdamWState<P>;
};

/** Inputs of every training step that follow schedules: scalars. */
export type ScheduledInputs = {
  readonly learningRate: tf.Tensor;
  readonly averageDecay: tf.Tensor;
};

/** Gradient norm above which a step is scaled down. */
const MAXIMUM_NORM = 1;

/** Types of the scheduled inputs, for signatures. */
export const scheduledTypes: TypesOf<ScheduledInputs> = { learningRate: f32(), averageDecay: f32() };

/** Types of the weight state for parameters of the given types. */
export function weightStateTypes<P extends Tree<TensorType>>(parameters: P) {
  return { parameters, average: parameters, optimiser: adamWSignature(parameters) };
}

/** Where a training program has its weight state, unless told: under `state/`. */
const STATE = "state/";

/**
 * The state before the first step: the average starts at the initial weights, the moments at zero.
 *
 * @param at what the names of its arrays begin with: `state/` unless told
 */
export function initialWeightState(initial: Tree<HostTensor>, types: Tree<TensorType>, at = STATE): NamedArrays {
  return {
    ...parameterArrays(initial, `${at}parameters`),
    ...parameterArrays(initial, `${at}average`),
    ...adamWZeros(types, `${at}optimiser`),
  };
}

/**
 * A state that begins with trained weights, the arrays named `prefix/...`, and with moments of zero.
 */
export function weightStateFrom(weights: NamedArrays, prefix: string, types: Tree<TensorType>): NamedArrays {
  return {
    ...renamed(weights, prefix, `${STATE}parameters`),
    ...renamed(weights, prefix, `${STATE}average`),
    ...adamWZeros(types, `${STATE}optimiser`),
  };
}

/**
 * The averaged weights of a state, named `prefix/...`.
 *
 * @param at as in `initialWeightState`
 */
export function averagedWeights(state: NamedArrays, prefix: string, at = STATE): NamedArrays {
  return renamed(state, `${at}average`, prefix);
}

/** The weights of a state as the last step left them, named `prefix/...`. */
export function currentWeights(state: NamedArrays, prefix: string): NamedArrays {
  return renamed(state, `${STATE}parameters`, prefix);
}

/** The arrays named `from/...` as `to/...`. */
function renamed(arrays: NamedArrays, from: string, to: string): NamedArrays {
  const under = Object.entries(arrays).filter(([name]) => name.startsWith(`${from}/`));
  return Object.fromEntries(under.map(([name, data]) => [to + name.slice(from.length), data]));
}

/** How a stage moves its weights. */
export type UpdateOptions = Required<Pick<AdamWOptions, "betas" | "weightDecay">> &
  Pick<AdamWOptions, "decays"> &
  Partial<Pick<MuonOptions, "orthogonalised">>;

/** One clipped step down the gradient of `loss`, inside a trace: AdamW, and Muon where matrices are orthogonalised. */
export function updateWeights<P extends Tree<tf.Tensor>>(
  loss: tf.Tensor,
  state: WeightState<P>,
  { learningRate, averageDecay }: ScheduledInputs,
  { orthogonalised = () => false, ...options }: UpdateOptions,
): WeightState<P> {
  const { clipped } = clipByGlobalNorm(gradients(loss, state.parameters), MAXIMUM_NORM);
  const next = muon(state.parameters, clipped, state.optimiser, learningRate, { ...options, orthogonalised });
  return {
    parameters: next.parameters,
    optimiser: next.state,
    average: movingAverage(state.average, next.parameters, averageDecay),
  };
}
