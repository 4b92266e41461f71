import { guide, guidedContext, guidedLabels, guidanceSchedule } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { CategoricalModel } from "../head/categorical.js";
import { CLASSES } from "../network/cell-network.js";
import { closest, type Candidate, type SampledTrick } from "./trick.js";
import { withPredictions } from "./with-predictions.js";

/**
 * Classifier-free guidance (Ho and Salimans 2022) of a categorical head, section 6: at scale k the logits are
 *
 *     uncond + g_k (cond - uncond),
 *
 * from one pass over twice the items, the second half without a class. g = 1 is no guidance. What comes out is a distribution
 * of codes like any other, so its likelihood is exact.
 *
 * @param strengths g of each scale, coarsest first
 */
export function guided(model: CategoricalModel, strengths: readonly number[]): CategoricalModel {
  return withPredictions(model, (params, labels) => {
    const both = model.predictions(params, guidedLabels(labels, CLASSES));
    return () => {
      const predict = both();
      return ({ index, context, state }) => {
        const logits = predict({ index, context: guidedContext(context), state: guidedContext(state) });
        return guide(logits, tf.scalar(strengths[index]!));
      };
    };
  });
}

/** The same at all scales, or growing from none at the coarsest one, as in VAR. */
const RAMPS = ["constant", "linear"] as const;
const STRENGTHS = [1.25, 1.5, 2, 3] as const;

/** Guidance of the strength and ramp that come closest to validation images; "none" is not among them. */
export const guidance: SampledTrick = {
  ...{ id: "guidance", kind: "sampled", label: "Classifier-free guidance", source: "Ho and Salimans 2022" },
  change: "logits are moved away from those without a class",
  hasLikelihood: true,
  apply: guided,
  evaluations: (strengths) => 2 * strengths.length,
  choose: (scales, validation) =>
    closest(
      validation,
      RAMPS.flatMap((ramp) =>
        STRENGTHS.map((strength): Candidate => {
          return { name: `${ramp} ${strength}`, values: [...guidanceSchedule(strength, ramp, scales)] };
        }),
      ),
    ),
};
