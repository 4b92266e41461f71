import { f32, i32, type NamedArrays, type Program } from "@nextscale/engine";
import {
  scheduledTypes,
  traceTyped,
  weightStateFrom,
  weightStateTypes,
  type LinearParameters,
  type ScheduledInputs,
  type WeightState,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { meanOverSites, type CategoricalModel } from "../head/categorical.js";
import type { CellParameters } from "../network/cell-network.js";
import type { StudySettings } from "../settings.js";
import { steppedState } from "../training/study-program.js";
import type { DistilledTrick } from "./trick.js";
import { withPredictions } from "./with-predictions.js";

type Params = CellParameters<LinearParameters>;

/** Scales two by two, the finest ones together; of an odd number the coarsest, a single site, stays alone. */
export function pairsOfScales(scales: number): readonly (readonly number[])[] {
  const first = scales % 2;
  const pairs = Array.from({ length: (scales - first) / 2 }, (_, i) => [first + 2 * i, first + 2 * i + 1]);
  return first === 0 ? pairs : [[0], ...pairs];
}

/** For each scale the one whose state it has to make do with: the first of its pair. */
function firstOfPair(scales: number): readonly number[] {
  return pairsOfScales(scales).flatMap((pair) => pair.map(() => pair[0]!));
}

/**
 * S scales in S/2 evaluations (section 6: "few-step distillation of a large-S refiner into a small-S student"), after progressive
 * distillation (Salimans and Ho 2022). The student says the codes of two scales at once, of what is known before the first of
 * them; attention is Markov, so the sites of both go through the network side by side. The scales, their codes and the form
 * of the network stay the teacher's: the operations of a sample are the same, its evaluations half as many.
 */
export function halved(base: CategoricalModel): CategoricalModel {
  const { space } = base;
  const first = firstOfPair(space.tokens.length);
  return withPredictions(base, (params, labels) => {
    const all = base.predictions(params, labels);
    return () => {
      const predict = all();
      const scales = space.scales();
      let known: tf.Tensor | undefined;
      return ({ index, state }) => {
        if (first[index] === index) known = state;
        return predict({ index, context: scales[index]!.context(known!), state: known! });
      };
    };
  });
}

/**
 * KL(teacher | student) of each site's codes, a mean over sites and items. On the codes of training images the teacher has seen
 * the first scale of a pair when it says the second; over all images its probabilities are, on average, those that the
 * student is to have. Unlike the codes themselves they say what else could have been.
 */
export function distillationLoss(
  base: CategoricalModel,
  params: { readonly student: Params; readonly teacher: Params },
  states: tf.Tensor,
  labels: tf.Tensor,
): tf.Tensor {
  const taught = base.taught(states, {});
  const first = firstOfPair(taught.length);
  const scales = base.space.scales();
  const shown = taught.map((_, k) => scales[k]!.context(taught[first[k]!]!.before));
  const students = base.logits(params.student, shown, labels);
  const teachers = base.logits(params.teacher, taught.map(({ context }) => context), labels); // prettier-ignore
  const divergences = students.map((logits, k) => {
    const [student, teacher] = [tf.logSoftmax(logits), tf.logSoftmax(teachers[k]!)];
    return tf.mean(tf.sum(tf.mul(tf.exp(teacher), tf.sub(teacher, student)), -1), 2);
  });
  return meanOverSites(divergences);
}

type Inputs = ScheduledInputs & {
  readonly state: WeightState<Params>;
  readonly teacher: Params;
  readonly items: tf.Tensor;
  readonly labels: tf.Tensor;
};

/** A step of distillation: as one of any training, with the weights `teacher/...` besides. */
export function distillationProgram(
  base: CategoricalModel,
  { batchSize, weightDecay }: Pick<StudySettings["training"], "batchSize" | "weightDecay">,
): Program {
  const signature = {
    ...{ state: weightStateTypes(base.types as never), teacher: base.types, ...scheduledTypes },
    ...{ items: f32(batchSize, ...base.domain.item), labels: i32(batchSize) },
  };
  return traceTyped<Inputs>(signature, ({ state, teacher, items, labels, ...rates }) => {
    const params = { student: state.parameters, teacher };
    const loss = distillationLoss(base, params, base.domain.standardised(items), labels);
    return { loss, state: steppedState(loss, state, rates, weightDecay) };
  });
}

/** Where a student starts, and what it is given: the teacher's weights, as a training left them. */
export function studentOf(base: CategoricalModel, weights: NamedArrays) {
  const renamed = Object.entries(weights).map(([name, data]) => [name.replace(/^parameters\//, "teacher/"), data]);
  return {
    start: (): NamedArrays => weightStateFrom(weights, "parameters", base.types),
    constants: Object.fromEntries(renamed) as NamedArrays,
  };
}

/** S scales in S/2 evaluations. */
export const distillation: DistilledTrick = {
  ...{ id: "distillation", kind: "distilled", label: "Distilled: two scales an evaluation" },
  ...{ source: "Salimans and Ho 2022", change: "a student says two scales at once, taught by the base model" },
  // The teacher's pass besides.
  passes: 4,
  model: halved,
  evaluations: (scales) => pairsOfScales(scales).length,
};
