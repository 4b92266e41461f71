import { stopGradient } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { meanOverSites, siteNats, type CategoricalModel, type TaughtScale } from "../head/categorical.js";
import { expectedValue } from "./expected-value.js";
import type { TrainedTrick } from "./trick.js";

/** Keeps the relative error finite where two estimates add nothing to what is known. */
const LEAST_POWER = 1e-6;

/** How much disagreement counts beside the nats of a code. */
const WEIGHT = 1;

/**
 * How far the estimates of adjacent scales are from each other (section 6: "consistency training"), after Song et al. 2023: what
 * a network takes the data for at one point of a path is to be what it takes them for at the next point, nearer to the data,
 * which is held fixed. With f^_k = state before scale k + U(E[r_k]), the estimate at scale k, compared in the resolution of
 * the coarser one:
 *
 *     |S_k(f^_k) - stop(S_k(f^_{k+1}))|² / |stop(S_k(f^_{k+1})) - context_k|²,   a mean over k.
 *
 * 0 where each estimate is the mean of the next one, as true conditional means are on average.
 */
export function adjacentDisagreement(
  { space, coder }: Pick<CategoricalModel, "space" | "coder">,
  taught: readonly TaughtScale[],
  logits: readonly tf.Tensor[],
): tf.Tensor {
  const scales = space.scales();
  const quantiser = coder.quantiser();
  const estimates = taught.map(({ before, context }, k) =>
    scales[k]!.refine(before, expectedValue(quantiser, k, logits[k]!), context),
  );
  const relative = taught.slice(0, -1).map(({ context }, k) => {
    const own = scales[k]!.context(estimates[k]!);
    const next = stopGradient(scales[k]!.context(estimates[k + 1]!));
    const power = tf.add(tf.mean(tf.square(tf.sub(next, context))), LEAST_POWER);
    return tf.div(tf.mean(tf.square(tf.sub(own, next))), stopGradient(power));
  });
  return tf.div(tf.addN(relative), relative.length);
}

/** The model whose loss has the disagreement of adjacent scales besides. @param weight 0 is the base model's loss */
export function consistent(model: CategoricalModel, weight: number): CategoricalModel {
  return {
    ...model,
    loss(params, states, labels, random) {
      const taught = model.taught(states, random);
      const logits = model.logits(params, taught.map(({ context }) => context), labels); // prettier-ignore
      const nats = meanOverSites(siteNats(taught, logits));
      return tf.add(nats, tf.mul(adjacentDisagreement(model, taught, logits), weight));
    },
  };
}

/** Consistency between adjacent scales. */
export const consistency: TrainedTrick = {
  ...{ id: "consistency", kind: "trained", label: "Consistency between adjacent scales", source: "Song et al. 2023" },
  ...{ change: "estimates of adjacent scales are to agree", passes: 3 },
  model: ({ base }) => consistent(base, WEIGHT),
};
