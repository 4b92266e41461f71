import { NextscaleError } from "@nextscale/engine";
import { heunSteps } from "./heun-plan.js";
import { karrasLevel, type NoiseRange } from "./karras-levels.js";
import type { NoiseLevel } from "./noise-level.js";
import type { Plan } from "./plan.js";

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
 * The steps of Karras et al. 2022, algorithm 2: Heun's method with fresh noise before each step. That of the first step is
 * part of the noise that the state starts with, that of any other is added by the step before; `inflated` is their S_noise.
 * Two evaluations a level, one for the last.
 *
 * @throws NextscaleError `invalid-argument` for fewer than two levels
 */
export function edmPlan({ range, levels, churn }: EdmPlanOptions): Plan {
  if (!(Number.isInteger(levels) && levels >= 2)) {
    const got = String(levels);
    throw new NextscaleError({ code: "invalid-argument", where: "refinement-core/edmPlan", expected: "two or more noise levels", got }); // prettier-ignore
  }
  const gamma = (at: number) => (at >= churn.above ? Math.min(churn.amount / levels, MOST_CHURN) : 0);
  const plain = (i: number) => (i === levels ? 0 : karrasLevel(i / (levels - 1), range));
  const raised = (i: number) => plain(i) * (1 + gamma(plain(i)));
  return Array.from({ length: levels }, (_, i) => {
    const steps = heunSteps(noiseOf(raised(i)), noiseOf(plain(i + 1)));
    const fresh = Math.sqrt(raised(i + 1) ** 2 - plain(i + 1) ** 2);
    return steps.map((step, k) => (k === steps.length - 1 ? { ...step, fresh } : step));
  }).flat();
}

/** Data with noise of a standard deviation on top. */
function noiseOf(noise: number): NoiseLevel {
  return { time: noise, signal: 1, noise };
}
