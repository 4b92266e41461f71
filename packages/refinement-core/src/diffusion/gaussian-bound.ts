import { NextscaleError } from "@nextscale/engine";
import { gaussianPosterior } from "./ancestral-plan.js";
import type { NoiseSchedule } from "./noise-schedule.js";

/** The bound on -ln p(data), in nats per number, term by term. */
export interface GaussianBound {
  /** KL(q(x_T | x_0) || N(0, 1)): nearly 0 where the schedule ends in noise. */
  readonly prior: number;
  /** KL(q(x_t-1 | x_t, x_0) || p(x_t-1 | x_t)) for t from 2 to T: [T - 1]. */
  readonly steps: Float64Array;
  /** -ln p(x_0 | x_1) as a density. Of data with levels, put their `decoderNats` in its place. */
  readonly decoder: number;
  readonly total: number;
}

/** What of the data and of a network the bound depends on, each a mean over numbers, and over data and noise. */
export interface BoundStatistics {
  /** Mean square of the data. */
  readonly power: number;
  /** Mean squared error of the data that the network says, for t from 1 to T: [T]. */
  readonly errors: ArrayLike<number>;
}

/**
 * DDPM's variational bound (Ho et al. 2020, eq. 5), from the errors of a network: every term is a divergence of two normal
 * distributions, whose means differ by a multiple of the error. To estimate it, average squared errors over any number of
 * data and noises for each time; they must not be cut to a range, or it is the bound of another model.
 *
 * @param deviations of the reverse step p(x_t-1 | x_t), for t from 1 to T: [T]; see `reverseDeviations`
 * @throws NextscaleError `shape` unless there is an error and a deviation for each time
 */
export function gaussianBound(
  schedule: NoiseSchedule,
  deviations: ArrayLike<number>,
  { power, errors }: BoundStatistics,
): GaussianBound {
  const last = schedule.length - 1;
  if (errors.length !== last || deviations.length !== last) {
    throw new NextscaleError({
      code: "shape",
      where: "refinement-core/gaussianBound",
      expected: `${last} errors and deviations, one for each time`,
      got: `${errors.length} and ${deviations.length}`,
    });
  }
  const { signal, noise } = schedule[last]!;
  const prior = 0.5 * (noise ** 2 + signal ** 2 * power - 1) - Math.log(noise);
  const steps = Float64Array.from({ length: last - 1 }, (_, i) => {
    const t = i + 2;
    const { data, variance } = gaussianPosterior(schedule[t]!, schedule[t - 1]!);
    return normalDivergence(variance, deviations[t - 1]! ** 2, data ** 2 * errors[t - 1]!);
  });
  const first = deviations[0]! ** 2;
  const decoder = 0.5 * Math.log(2 * Math.PI * first) + (0.5 * errors[0]!) / first;
  return { prior, steps, decoder, total: prior + steps.reduce((sum, nats) => sum + nats, 0) + decoder };
}

/**
 * Deviations of the reverse steps 1 to T of DDPM with fixed variance. The posterior of the first step has none; that of
 * the second takes its place, as in `improved-diffusion`.
 *
 * @throws NextscaleError `invalid-argument` for a schedule of a single step
 */
export function reverseDeviations(schedule: NoiseSchedule, variance: "small" | "large"): Float64Array {
  if (schedule.length < 3) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/reverseDeviations",
      expected: "a schedule of two or more steps",
      got: `${schedule.length - 1}`,
    });
  }
  return Float64Array.from({ length: schedule.length - 1 }, (_, i) => {
    const t = variance === "small" ? Math.max(i + 1, 2) : i + 1;
    const posterior = gaussianPosterior(schedule[t]!, schedule[t - 1]!);
    return Math.sqrt(variance === "small" ? posterior.variance : posterior.forwardVariance);
  });
}

/** KL between normal distributions of these variances, whose means are a squared distance apart. */
function normalDivergence(variance: number, other: number, distance: number): number {
  return 0.5 * ((variance + distance) / other - 1 + Math.log(other / variance));
}
