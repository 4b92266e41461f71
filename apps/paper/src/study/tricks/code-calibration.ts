import { softmaxCrossEntropy, type Program } from "@nextscale/engine";
import { traceTyped, type LinearParameters } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { CategoricalModel } from "../head/categorical.js";
import { itemTypes, keptRows, overItems, type ItemInputs, type Measured } from "../likelihood/measured.js";
import type { CellParameters } from "../network/cell-network.js";
import type { TrainingItems } from "../training/study-stage.js";

/**
 * Mean nats of the codes of items under each temperature, true coarser codes given: [scales][temperatures].
 */
export async function temperedNats(
  model: CategoricalModel,
  measured: Measured,
  items: TrainingItems,
  temperatures: readonly number[],
): Promise<readonly (readonly number[])[]> {
  const sums = model.space.tokens.map(() => temperatures.map(() => 0));
  const program = { name: "tempered", build: () => temperedProgram(model, temperatures) };
  await overItems(measured, program, items, items.count, (outputs, kept) => {
    sums.forEach((own, k) => {
      own.forEach((_sum, at) => {
        for (const value of keptRows(outputs[`nats/${k}/${at}`], 1, kept)) own[at]! += value / items.count;
      });
    });
  });
  return sums;
}

/** `items`, `labels` -> `nats/k/n` [items], at scale k under the n-th temperature. */
function temperedProgram(model: CategoricalModel, temperatures: readonly number[]): Program {
  type Inputs = ItemInputs<CellParameters<LinearParameters>>;
  return traceTyped<Inputs>(itemTypes(model), ({ parameters, items, labels }) => {
    const { scales } = model.scored(parameters, model.domain.standardised(items), labels);
    return {
      nats: scales.map(({ logits, codes }) =>
        temperatures.map((temperature) => tf.sum(softmaxCrossEntropy(tf.div(logits, temperature), codes), [1, 2])),
      ),
    };
  });
}
