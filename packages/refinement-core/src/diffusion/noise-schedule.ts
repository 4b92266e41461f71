import { NextscaleError } from "@nextscale/engine";
import { halfLogSnr, type NoiseLevel } from "./noise-level.js";

/**
 * The levels of a forward process that keeps the variance, by time: 0 is clean and the last, T, the noisiest. Times are
 * the papers', from 1 to T; programs that count noise steps from 0 call time t by t - 1.
 */
export type NoiseSchedule = readonly NoiseLevel[];

/** beta of the first and the last of 1000 steps (Ho et al. 2020). */
const [FIRST_BETA, LAST_BETA] = [1e-4, 0.02];
/** Offset of the cosine, which keeps the first steps from being too small to predict, and the largest beta (Nichol, Dhariwal 2021). */
const [COSINE_OFFSET, LARGEST_BETA] = [0.008, 0.999];

/**
 * Levels of a process that adds a share beta_t of the variance at each step (Ho et al. 2020, eq. 4).
 *
 * @param betas of times 1 to T, each above 0 and below 1
 * @throws NextscaleError `invalid-argument` otherwise
 */
export function scheduleOfBetas(betas: ArrayLike<number>): NoiseSchedule {
  const levels: NoiseLevel[] = [{ time: 0, signal: 1, noise: 0 }];
  let kept = 1;
  for (let t = 1; t <= betas.length; t++) {
    const beta = betas[t - 1]!;
    if (!(beta > 0 && beta < 1)) throw invalid("betas above 0 and below 1", `${beta} at time ${t}`);
    kept *= 1 - beta;
    levels.push({ time: t, signal: Math.sqrt(kept), noise: Math.sqrt(1 - kept) });
  }
  return levels;
}

/**
 * beta rises evenly from 0.0001 to 0.02, scaled by 1000 / T so that any number of steps ends at the same level (Ho et al. 2020;
 * scaled as by Nichol and Dhariwal 2021).
 *
 * @param steps T, 21 or more: with fewer the largest beta would be 1
 * @throws NextscaleError `invalid-argument` for fewer steps
 */
export function linearNoise(steps: number): NoiseSchedule {
  if (!(Number.isInteger(steps) && steps > 1000 * LAST_BETA)) throw invalid("more than 20 steps", `${steps}`);
  const rise = (LAST_BETA - FIRST_BETA) / (steps - 1);
  return scheduleOfBetas(Float64Array.from({ length: steps }, (_, i) => (1000 / steps) * (FIRST_BETA + i * rise)));
}

/**
 * The signal falls as a cosine (Nichol and Dhariwal 2021, eq. 17), with beta at most 0.999.
 *
 * @throws NextscaleError `invalid-argument` unless the number of steps is whole and positive
 */
export function cosineNoise(steps: number): NoiseSchedule {
  if (!(Number.isInteger(steps) && steps >= 1)) throw invalid("one or more steps", `${steps}`);
  const kept = (t: number) => Math.cos(((t / steps + COSINE_OFFSET) / (1 + COSINE_OFFSET)) * (Math.PI / 2)) ** 2;
  return scheduleOfBetas(
    Float64Array.from({ length: steps }, (_, i) => Math.min(1 - kept(i + 1) / kept(i), LARGEST_BETA)),
  );
}

/**
 * The levels of some times.
 *
 * @throws NextscaleError `invalid-argument` for a time that the schedule does not have
 */
export function levelsAt(schedule: NoiseSchedule, times: readonly number[]): readonly NoiseLevel[] {
  return times.map((time) => {
    const level = schedule[time];
    if (level === undefined) throw invalid(`times from 0 to ${schedule.length - 1}`, `${time}`);
    return level;
  });
}

/**
 * The last time at which ln(signal / noise) is at least a bound: where a solver that works in that logarithm is to start, if
 * the schedule ends nearly without signal as the cosine's does (-5.1 in `diffusers`).
 *
 * @throws NextscaleError `invalid-argument` for a bound that no time but 0 reaches
 */
export function lastTimeWithSignal(schedule: NoiseSchedule, least: number): number {
  const time = schedule.findLastIndex((level) => halfLogSnr(level) >= least);
  if (time < 1) throw invalid("a bound that some time after 0 reaches", `${least}`);
  return time;
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "refinement-core/noise-schedule", expected, got });
}
