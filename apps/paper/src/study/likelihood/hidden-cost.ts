import { f32, softmaxCrossEntropy, type Program } from "@nextscale/engine";
import { calibrationOf, emptyReliability, observePrediction, traceTyped, type LinearParameters } from "@nextscale/refinement-core"; // prettier-ignore
import * as tf from "@tensorflow/tfjs-core";
import { hiddenCodes, type AbsorbingModel } from "../head/absorbing.js";
import type { CellParameters } from "../network/cell-network.js";
import type { TrainingItems } from "../training/study-stage.js";
import type { CodeCost } from "./code-cost.js";
import { BOUND_BATCH, itemTypes, keptRows, overItems, type ItemInputs, type Measured } from "./measured.js";

/**
 * D3PM's bound on the codes of the first items of a set (Austin et al. 2021, eq. 1), estimated from one time of each item: T / t
 * times the nats of the codes that are hidden then. How well probabilities are calibrated is of those.
 */
export async function hiddenCost(
  model: AbsorbingModel,
  measured: Measured,
  items: TrainingItems,
  count: number,
): Promise<CodeCost> {
  const bins = emptyReliability();
  let nats = 0;
  const { sites, stages } = model.sampler;
  const random = (first: number) => {
    const { hidden, weight } = hiddenCodes(measured.seed, { first, count: BOUND_BATCH }, { sites, stages });
    return { "random/hidden": hidden, "random/weight": weight };
  };
  const program = { name: "hidden", build: () => hiddenCostProgram(model), random };
  await overItems(measured, program, items, count, (outputs, kept) => {
    for (const value of keptRows(outputs["nats"], 1, kept)) nats += value;
    const size = sites * stages;
    const [isHidden, correct] = [keptRows(outputs["hidden"], size, kept), outputs["correct"]!];
    keptRows(outputs["confidence"], size, kept).forEach((value, at) => {
      if (isHidden[at] === 1) observePrediction(bins, value, correct[at] === 1);
    });
  });
  const { expectedError } = calibrationOf(bins);
  return { nats: nats / count, calibration: [expectedError], calibrationOfAll: expectedError };
}

/** `items`, `labels`, `random/hidden`, `random/weight` -> `nats` [items], and for each code `hidden`, `confidence`, `correct`. */
function hiddenCostProgram(model: AbsorbingModel): Program {
  type Inputs = ItemInputs<CellParameters<LinearParameters>> & {
    readonly random: { readonly hidden: tf.Tensor; readonly weight: tf.Tensor };
  };
  const { sites, stages } = model.sampler;
  const random = { hidden: f32(BOUND_BATCH, sites, stages), weight: f32(BOUND_BATCH) };
  return traceTyped<Inputs>({ ...itemTypes(model), random }, ({ parameters, items, labels, random: drawn }) => {
    const { hidden, weight } = drawn;
    const { logits, codes } = model.filled(parameters, model.domain.standardised(items), labels, hidden);
    return {
      nats: tf.mul(tf.sum(tf.mul(softmaxCrossEntropy(logits, codes), hidden), [1, 2]), weight),
      hidden: tf.mul(hidden, 1),
      confidence: tf.max(tf.softmax(logits), -1),
      correct: tf.equal(tf.argMax(logits, -1), codes),
    };
  });
}
