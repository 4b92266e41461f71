import type { ForecastModel } from "../model/forecast-model.js";
import { evaluateSystem } from "../evaluation/evaluate-system.js";
import { modelSystem } from "../evaluation/forecast-system.js";
import { createAggregator } from "../verification/aggregator.js";
import type { FieldSource } from "../verification/baselines.js";
import { crps } from "../verification/crps.js";

/** What sharpness is fitted on: data that the network was not trained on, and that it is not tested on. */
export interface SharpnessFitOptions {
  readonly truth: FieldSource;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly starts: readonly number[];
  /** Leads that count. */
  readonly leads: readonly number[];
  readonly members: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Factors that are tried on all scales together, then on each scale, finest first. */
const TOGETHER = [0.8, 0.9, 1, 1.1, 1.2] as const;
const ALONE = [0.7, 0.85, 1.2, 1.4] as const;

/** How many sharpnesses are tried for a model of so many scales. */
export function sharpnessTrials(scales: number): number {
  return TOGETHER.length + scales * ALONE.length;
}

/**
 * The sharpness of each scale that makes forecasts score best: the fair CRPS, in its geometric mean over channels and leads, so that a
 * short lead counts as much as a long one. A
 * search along coordinates: all scales by one factor, then each alone. Every trial draws the same random numbers.
 */
export async function fitSharpness(model: ForecastModel, options: SharpnessFitOptions): Promise<readonly number[]> {
  const scales = model.config.sharpness.length;
  const total = sharpnessTrials(scales);
  let trials = 0;
  let best: Trial | undefined;
  const attempt = async (sharpness: readonly number[]): Promise<void> => {
    const score = await logCrps(model, sharpness, options);
    if (best === undefined || score < best.score) best = { sharpness, score };
    options.onProgress?.(++trials, total);
  };
  for (const factor of TOGETHER) await attempt(new Array<number>(scales).fill(factor));
  for (let scale = scales - 1; scale >= 0; scale--) {
    const from = best!.sharpness;
    for (const factor of ALONE) await attempt(from.map((value, k) => (k === scale ? value * factor : value)));
  }
  return best!.sharpness;
}

interface Trial {
  readonly sharpness: readonly number[];
  readonly score: number;
}

/** Mean logarithm of the scores. */
async function logCrps(
  model: ForecastModel,
  sharpness: readonly number[],
  { truth, starts, leads, members, seed, signal }: SharpnessFitOptions,
): Promise<number> {
  const aggregator = createAggregator({ layout: model.layout, metrics: [crps()] });
  const steps = Math.max(...leads) / model.config.stepHours;
  const controls = { fields: truth, steps, members, seed, sharpness, ...(signal === undefined ? {} : { signal }) };
  await evaluateSystem(modelSystem(model, { name: "trial", ...controls }), { truth, starts, leads }, aggregator);
  const scores = aggregator.scores(crps());
  return scores.reduce((sum, { value }) => sum + Math.log(value), 0) / scores.length;
}
