import type { NoiseLevel } from "./noise-level.js";

/** How much fresh noise a step adds: a standard deviation, or two between which the network chooses for each number. */
export type FreshNoise = number | { readonly least: number; readonly most: number };

/**
 * One evaluation of the network, and what is made of its answer: the next state is
 *
 *     state * x + data * D + before * D' + fresh * z
 *
 * with x the state, D what the network takes the data in it for, D' what it took them for one step earlier and z standard
 * normal. Every sampler here is of this form, those of second order too.
 */
export interface PlanStep {
  /** Level of the state. */
  readonly level: NoiseLevel;
  readonly state: number;
  readonly data: number;
  readonly before: number;
  readonly fresh: FreshNoise;
}

/**
 * A sampler as data: what it costs is its length, since every step is one evaluation of the network. `ancestralPlan`, `ddimPlan`,
 * `dpmSolverPlan`, `heunPlan`, `consistencyPlan` and `edmPlan` make plans of levels; `sampleByPlan` carries them out.
 */
export type Plan = readonly PlanStep[];

/** The plan with its fresh noise multiplied: above 1 samples are more diverse, at 0 the sampler is deterministic. */
export function inflated(plan: Plan, factor: number): Plan {
  return plan.map((step) => {
    const { fresh } = step;
    return {
      ...step,
      fresh: typeof fresh === "number" ? fresh * factor : { least: fresh.least * factor, most: fresh.most * factor },
    };
  });
}
