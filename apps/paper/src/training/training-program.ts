import {
  adamW,
  adamWSignature,
  adamWZeros,
  clipByGlobalNorm,
  f32,
  gradients,
  type AdamWState,
  type NamedArrays,
  type Program,
  type TensorType,
  type Tree,
} from "@nextscale/engine";
import { layoutOf, parameterArrays, traceTyped, type HostTensor, type TensorLayout, type TypesOf } from "@nextscale/refinement-core"; // prettier-ignore
import * as tf from "@tensorflow/tfjs-core";
import { PAPER } from "../settings.js";
import { gradientNormTypes, noGradientNorms, withNorm, type GradientNorms } from "./gradient-norms.js";

/** What each step replaces. */
type TrainingState<P> = {
  readonly parameters: P;
  readonly optimiser: AdamWState<P>;
  readonly norms: GradientNorms;
};

/** The paper gives a rate and a decay; the rest, and that everything decays, is PyTorch's default. */
const ADAMW = { betas: [0.9, 0.999], weightDecay: PAPER.weightDecay, decays: () => true } as const;

/** Where a training program has its state. */
const STATE = "state";

/** Where it has the parameters. */
export const PARAMETERS = `${STATE}/parameters`;

/**
 * One step of AdamW as a program, at the paper's learning rate. Outputs the `loss`, the norm of its gradient,
 * `gradientNorm`, and the state.
 *
 * @param loss one element, the mean over a batch
 */
export function trainingProgram<P extends Tree<tf.Tensor>, Batch>(
  types: { readonly parameters: TypesOf<P>; readonly batch: TypesOf<Batch> },
  loss: (parameters: P, batch: Batch) => tf.Tensor,
): Program {
  interface Inputs {
    readonly state: TrainingState<P>;
    readonly batch: Batch;
    readonly sameEpoch: tf.Tensor;
  }
  const state = stateTypes(types.parameters);
  const signature = { state, batch: types.batch, sameEpoch: f32() } as TypesOf<Inputs>;
  return traceTyped<Inputs>(signature, ({ state: { parameters, optimiser, norms }, batch, sameEpoch }) => {
    const value = loss(parameters, batch);
    const slopes = gradients(value, parameters);
    // The norm alone: the paper does not clip.
    const gradientNorm = clipByGlobalNorm(slopes, 1).norm;
    const next = adamW(parameters, slopes, optimiser, tf.scalar(PAPER.learningRate), ADAMW);
    const after = {
      parameters: next.parameters,
      optimiser: next.state,
      norms: withNorm(norms, gradientNorm, sameEpoch),
    };
    return { loss: value, gradientNorm, state: after as Tree<tf.Tensor> };
  });
}

function stateTypes(parameters: Tree<TensorType>) {
  return { parameters, optimiser: adamWSignature(parameters), norms: gradientNormTypes };
}

/** Names and types of the state. */
export function stateLayout(parameters: Tree<TensorType>): TensorLayout {
  return layoutOf({ [STATE]: stateTypes(parameters) });
}

/** The state before the first step. */
export function initialState(initial: Tree<HostTensor>, parameters: Tree<TensorType>): NamedArrays {
  return {
    ...parameterArrays(initial, PARAMETERS),
    ...adamWZeros(parameters, `${STATE}/optimiser`),
    ...noGradientNorms(`${STATE}/norms`),
  };
}

/** The parameters of a state, named `prefix/...`. */
export function parametersOf(state: NamedArrays, prefix: string): Record<string, Float32Array> {
  const own = Object.entries(state).filter(([name]) => name.startsWith(`${PARAMETERS}/`));
  return Object.fromEntries(own.map(([name, data]) => [prefix + name.slice(PARAMETERS.length), data as Float32Array]));
}

/** Number and squares of the gradients' norms in the epoch that a state is in. */
export function normsOf(state: NamedArrays): {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
} {
  const at = (name: string): number => state[`${STATE}/norms/${name}`]![0]!;
  return { count: at("count"), mean: at("mean"), squares: at("squares") };
}
