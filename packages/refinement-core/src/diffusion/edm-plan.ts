import { NextscaleError } from "@nextscale/engine";
import { karrasLevel, type NoiseRange } from "./karras-levels.js";

/** A step of a sampler from one noise level to a lower one. */
export interface EdmStep {
  /** Noise level of the state before the step. */
  readonly from: number;
  /** Level that fresh noise brings it to first: `from` where there is no churn. */
  readonly raised: number;
  /** Level after the step, 0 after the last. */
  readonly to: number;
}

/** Fresh noise on the way. */
export interface Churn {
  /** Over all steps (S_churn); 0 makes the sampler deterministic. */
  readonly amount: number;
  /** Noise level below which there is none (S_tmin). */
  readonly above: number;
}

/** How a plan is made. */
export interface EdmPlanOptions {
  readonly range: NoiseRange;
  /** Noise levels above 0. */
  readonly levels: number;
  readonly churn: Churn;
}

/** A step may not add more noise than this share of what is there (Karras et al. 2022, algorithm 2). */
const MOST_CHURN = Math.SQRT2 - 1;

/**
 * The steps of Karras et al. 2022, algorithm 2: a list of numbers, from which cost and result follow.
 *
 * @throws NextscaleError `invalid-argument` for fewer than two levels
 */
export function edmPlan({ range, levels, churn }: EdmPlanOptions): readonly EdmStep[] {
  if (!(Number.isInteger(levels) && levels >= 2)) {
    const got = String(levels);
    throw new NextscaleError({ code: "invalid-argument", where: "refinement-core/edmPlan", expected: "two or more noise levels", got }); // prettier-ignore
  }
  const gamma = (at: number) => (at >= churn.above ? Math.min(churn.amount / levels, MOST_CHURN) : 0);
  const level = (i: number) => (i === levels ? 0 : karrasLevel(i / (levels - 1), range));
  return Array.from({ length: levels }, (_, i) => ({
    from: level(i),
    raised: level(i) * (1 + gamma(level(i))),
    to: level(i + 1),
  }));
}

/** Evaluations of the denoiser: two a step (Heun), one in the last. */
export function edmEvaluations(plan: readonly EdmStep[]): number {
  return plan.reduce((count, { to }) => count + (to > 0 ? 2 : 1), 0);
}
