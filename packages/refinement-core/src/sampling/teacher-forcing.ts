import type * as tf from "@tensorflow/tfjs-core";
import type { Quantiser } from "../quantiser/quantiser.js";
import type { ScaleRefiner } from "../refiner/refiner.js";
import { given } from "../walk/given.js";
import type { Scale } from "../walk/scale.js";
import { walk } from "../walk/walk.js";
import { flattenSites } from "./predict.js";

/**
 * What the refiner says at every scale when the codes are given: the contexts come from the same walk that generates,
 * the refiner looks at all scales in one parallel pass. Training (also on corrupted codes) and likelihood start here.
 *
 * @param inputs `codes` per scale, int32 [B, ...] in the form of its context; `labels` int32 [B]
 * @returns the head's output for all sites, coarse to fine: logits [B, sites of all scales, V]
 * @throws NextscaleError `shape` when there are codes for fewer scales than the refiner has
 */
export function teacherForced<P, Output, RefinerState, Data, State, Value>(
  model: {
    readonly refiner: ScaleRefiner<P, Output, RefinerState>;
    readonly scales: readonly Scale<Data, State, tf.Tensor, Value>[];
    readonly quantiser: Pick<Quantiser<Value, tf.Tensor>, "embed">;
  },
  inputs: {
    readonly params: P;
    readonly start: State;
    readonly codes: readonly tf.Tensor[];
    readonly labels: tf.Tensor;
  },
): Output {
  const visits = walk(model.scales, inputs.start, given(model.quantiser, inputs.codes));
  const contexts = [...visits].map(({ context }) => flattenSites(context));
  return model.refiner.applyAll(inputs.params, contexts, inputs.labels);
}
