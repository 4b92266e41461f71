import type { Site } from "../codes/sites.js";
import type { GraphModelConfig } from "../config/config.js";
import type { SplitCodes } from "../codes/split-codes.js";
import type { Candidates } from "../pyramid/candidates.js";
import { probabilitiesOf } from "./choose.js";
import type { LevelLogits, RevealOptions } from "./reveal.js";
import { substepsAt, type SubstepPlan } from "./reveal-order.js";

/** What may be lost at a look at the network, in nats. */
const TOLERANCE = 0.1;

/** The sites that are drawn early where a plan is adaptive. */
export function earlyIn(
  plan: SubstepPlan,
  config: Pick<GraphModelConfig, "edgeLabels">,
  options: EarlyOptions,
): NonNullable<RevealOptions["early"]> {
  return (open, logits, candidates) =>
    substepsAt(plan, candidates, config) === "adaptive" ? earlySites(open, logits, candidates, options) : [];
}

type EarlyOptions = { readonly splitCodes: SplitCodes; readonly temperature: number };

/**
 * Open patterns that are as good as known already, so that no look is spent on them: the least uncertain, as long as their entropies add up to
 * little. Drawn together with others they are taken for independent of them, which costs no more than that (Ben-Hamu et al. 2025, Accelerated
 * sampling from masked diffusion models via entropy bounded unmasking).
 */
function earlySites(open: readonly Site[], logits: LevelLogits, candidates: Candidates, options: EarlyOptions): Site[] {
  const entropies = open
    .filter(({ of }) => of === "patterns")
    .map((site) => ({ site, entropy: entropyOf(probabilitiesOf(site, logits, candidates, options)) }))
    .sort((a, b) => a.entropy - b.entropy);
  let left = TOLERANCE;
  return entropies.filter(({ entropy }) => (left -= entropy) >= 0).map(({ site }) => site);
}

/** In nats. */
function entropyOf(row: Float64Array): number {
  return row.reduce((sum, probability) => (probability > 0 ? sum - probability * Math.log(probability) : sum), 0);
}
