import { f32, i32, type NamedArrays, type Program, type Tree } from "@nextscale/engine";
import {
  currentWeights,
  isHiddenMatrix,
  layoutOf,
  scaleTransformerDecays,
  scheduledTypes,
  traceTyped,
  updateWeights,
  weightStateTypes,
  type ScheduledInputs,
  type TensorLayout,
  type WeightState,
} from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { CellModel } from "../head/cell-model.js";
import type { CellParameters } from "../network/cell-network.js";
import type { StudySettings } from "../settings.js";

/** As the image models are trained: Muon for the hidden matrices, AdamW with VAR's second moment for the rest. */
const BETAS = [0.9, 0.95] as const;
const GROUPS = { decays: scaleTransformerDecays, orthogonalised: isHiddenMatrix };

type Inputs<H> = ScheduledInputs & {
  readonly state: WeightState<CellParameters<H>>;
  /** Images in [0, 1], or latents as the tokeniser gives them. */
  readonly items: tf.Tensor;
  readonly labels: tf.Tensor;
  readonly random: Readonly<Record<string, tf.Tensor>>;
};

/** A step of any cell's training: `items`, `labels`, `random/...`, the rates and the state -> `loss` and the state. */
export function studyProgram<H extends Readonly<Record<string, unknown>>>(
  model: CellModel<H>,
  { batchSize, weightDecay }: StudySettings["training"],
): Program {
  const signature = {
    ...{ state: weightStateTypes(model.types as never), ...scheduledTypes },
    ...{ items: f32(batchSize, ...model.domain.item), labels: i32(batchSize), random: model.random.types(batchSize) },
  };
  return traceTyped<Inputs<H>>(signature, ({ state, items, labels, random, ...rates }) => {
    const loss = model.loss(state.parameters, model.domain.standardised(items), labels, random);
    return { loss, state: steppedState(loss, state, rates, weightDecay) };
  });
}

/** The state after a step down the gradient of a loss: the same rule in all trainings. Inside a trace. */
export function steppedState(
  loss: tf.Tensor,
  state: WeightState<object>,
  rates: ScheduledInputs,
  weightDecay: number,
): WeightState<Tree<tf.Tensor>> {
  return updateWeights(loss, state as WeightState<never>, rates, { betas: BETAS, weightDecay, ...GROUPS });
}

/** Names and types of what each step replaces. */
export function studyLayout(model: { readonly types: object }): TensorLayout {
  return layoutOf({ state: weightStateTypes(model.types as never) });
}

/** The weights that a training ended with, named `parameters/...`. */
export function trainedWeights(state: NamedArrays): NamedArrays {
  return currentWeights(state, "parameters");
}
