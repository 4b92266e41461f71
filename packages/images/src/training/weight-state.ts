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
import { parameterArrays, type HostTensor } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { TypesOf } from "../model/traced.js";

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

/** The state before the first step, named `state/...`: the average starts at the initial weights, the moments at zero. */
export function initialWeightState(initial: Tree<HostTensor>, types: Tree<TensorType>): NamedArrays {
  return {
    ...parameterArrays(initial, "state/parameters"),
    ...parameterArrays(initial, "state/average"),
    ...adamWZeros(types, "state/optimiser"),
  };
}

/** The averaged weights of a state, named `prefix/...`. */
export function averagedWeights(state: NamedArrays, prefix: string): NamedArrays {
  return renamed(state, "state/average", prefix);
}

/** The weights of a state as the last step left them, named `prefix/...`. */
export function currentWeights(state: NamedArrays, prefix: string): NamedArrays {
  return renamed(state, "state/parameters", prefix);
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
