import { topKPenalty } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { CategoricalModel } from "../head/categorical.js";
import type { CodePredictions } from "../head/code-sampler.js";
import { closest, type Choice, type SampledTrick } from "./trick.js";
import { withPredictions } from "./with-predictions.js";

/* "Temperature or top-k calibration per scale to trade fidelity for diversity" (section 6). */

/** Predictions whose logits of each scale are changed. */
function changed(model: CategoricalModel, change: (index: number, logits: tf.Tensor) => tf.Tensor): CodePredictions {
  return (params, labels) => {
    const plain = model.predictions(params, labels);
    return () => {
      const predict = plain();
      return (step) => change(step.index, predict(step));
    };
  };
}

/** Codes drawn from softmax(logits / T_k) at scale k. @param temperatures T, coarsest scale first, above 0 */
export function tempered(model: CategoricalModel, temperatures: readonly number[]): CategoricalModel {
  return withPredictions(model, changed(model, (index, logits) => tf.div(logits, temperatures[index]!))); // prettier-ignore
}

/** Codes drawn among the most probable ones of a site alone. @param kept how many at each scale; all that tie with the last */
export function truncated(model: CategoricalModel, kept: readonly number[]): CategoricalModel {
  const cut = (index: number, logits: tf.Tensor) => {
    const k = kept[index]!;
    return k >= model.coder.forms[index]!.vocabulary ? logits : tf.add(logits, topKPenalty(logits, k));
  };
  return withPredictions(model, changed(model, cut));
}

/** Temperatures from 0.7 to 1.3. */
const TEMPERATURES: readonly number[] = Array.from({ length: 25 }, (_, i) => (28 + i) / 40);

/**
 * Temperature scaling (Guo et al. 2017) for each scale: the T_k under which the codes of validation images are most likely.
 * Given the true coarser codes the likelihood of a scale depends on its own temperature alone, so each is found by itself.
 */
export const temperatures: SampledTrick = {
  ...{ id: "temperatures", kind: "sampled", label: "Temperature of each scale", source: "Guo et al. 2017" },
  change: "logits of each scale are divided by the temperature of the best likelihood",
  hasLikelihood: true,
  apply: tempered,
  evaluations: (values) => values.length,
  async choose(_, { codeNats }): Promise<Choice> {
    const nats = await codeNats(TEMPERATURES);
    const values = nats.map((own) => TEMPERATURES[own.indexOf(Math.min(...own))]!);
    return { name: values.join(", "), values, tried: [] };
  },
};

/** Of 256. */
const KEPT = [16, 64] as const;

/**
 * Top-k (Fan et al. 2018) for each scale: from the coarsest scale to the finest the number of codes that comes closest to
 * validation images, those of the scales before as they were chosen. Codes that are cut have no likelihood.
 */
export const topK: SampledTrick = {
  ...{ id: "top-k", kind: "sampled", label: "Top-k of each scale", source: "Fan et al. 2018" },
  change: "improbable codes of each scale are cut off",
  hasLikelihood: false,
  apply: truncated,
  evaluations: (values) => values.length,
  async choose(scales, validation): Promise<Choice> {
    const { vocabulary } = validation;
    let best: Choice = { name: "", values: Array.from({ length: scales }, () => vocabulary), tried: [] };
    for (let scale = 0; scale < scales; scale++) {
      const { values } = best;
      const candidates = [vocabulary, ...KEPT].map((kept) => {
        const own = values.map((value, k) => (k === scale ? kept : value));
        return { name: own.join(", "), values: own };
      });
      const found = await closest(validation, candidates);
      best = { ...found, tried: [...best.tried, ...found.tried] };
    }
    return best;
  },
};
