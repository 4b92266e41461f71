import { softmaxCrossEntropy, type Program } from "@nextscale/engine";
import {
  calibrationOf,
  emptyReliability,
  mergeReliability,
  observePrediction,
  traceTyped,
  type LinearParameters,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { CategoricalModel } from "../head/categorical.js";
import type { CellParameters } from "../network/cell-network.js";
import type { TrainingItems } from "../training/study-stage.js";
import { itemTypes, keptRows, overItems, type ItemInputs, type Measured, type ModelBound } from "./measured.js";

/** What codes cost, and how well their probabilities are calibrated. */
export interface CodeCost extends Pick<ModelBound, "nats"> {
  /** Expected calibration error of each scale, and over all codes. */
  readonly calibration: readonly number[];
  readonly calibrationOfAll: number;
}

/** Exact code likelihood of the first items of a set, teacher forced (eq. 2). */
export async function codeCost(
  model: CategoricalModel,
  measured: Measured,
  items: TrainingItems,
  count: number,
): Promise<CodeCost> {
  const bins = model.coder.forms.map(() => emptyReliability());
  let nats = 0;
  const program = { name: "codes", build: () => codeCostProgram(model) };
  await overItems(measured, program, items, count, (outputs, kept) => {
    for (const value of keptRows(outputs["nats"], 1, kept)) nats += value;
    bins.forEach((own, k) => {
      const size = model.space.tokens[k]!.sites * model.coder.forms[k]!.stages;
      const correct = outputs[`correct/${k}`]!;
      keptRows(outputs[`confidence/${k}`], size, kept).forEach((value, at) => {
        observePrediction(own, value, correct[at] === 1);
      });
    });
  });
  return {
    nats: nats / count,
    calibration: bins.map((own) => calibrationOf(own).expectedError),
    calibrationOfAll: calibrationOf(bins.reduce(mergeReliability)).expectedError,
  };
}

/**
 * `items`, `labels` -> `nats` [items], and for each scale the largest probability of each code, `confidence/k`, and whether it fell
 * on the code, `correct/k`.
 */
function codeCostProgram(model: CategoricalModel): Program {
  type Inputs = ItemInputs<CellParameters<LinearParameters>>;
  return traceTyped<Inputs>(itemTypes(model), ({ parameters, items, labels }) => {
    const { scales } = model.scored(parameters, model.domain.standardised(items), labels);
    const nats = scales.map(({ logits, codes }) => tf.sum(softmaxCrossEntropy(logits, codes), [1, 2]));
    return {
      nats: tf.addN(nats),
      confidence: scales.map(({ logits }) => tf.max(tf.softmax(logits), -1)),
      correct: scales.map(({ logits, codes }) => tf.equal(tf.argMax(logits, -1), codes)),
    };
  });
}
