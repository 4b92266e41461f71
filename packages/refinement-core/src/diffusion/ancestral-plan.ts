import { requireDescent, type NoiseLevel } from "./noise-level.js";
import type { FreshNoise, Plan } from "./plan.js";

/** How wide a reverse step is, which the bound on the likelihood leaves open; see `ancestralPlan`. */
export type ReverseVariance = "small" | "large" | "learned";

/** q(x_s | x_t, x_0), normal: the mean is state * x_t + data * x_0. */
export interface GaussianPosterior {
  readonly state: number;
  readonly data: number;
  readonly variance: number;
  /** Of x_t given x_s: beta_t for neighbouring times. */
  readonly forwardVariance: number;
}

/**
 * The forward process conditioned on both ends (Ho et al. 2020, eq. 7; for any two levels, Kingma et al. 2021, appendix A).
 *
 * @param from the noisier level, t
 * @param to s
 */
export function gaussianPosterior(from: NoiseLevel, to: NoiseLevel): GaussianPosterior {
  const kept = from.signal / to.signal;
  const [late, early] = [from.noise ** 2, to.noise ** 2];
  const forwardVariance = late - kept ** 2 * early;
  return {
    state: (kept * early) / late,
    data: (to.signal * forwardVariance) / late,
    variance: (early * forwardVariance) / late,
    forwardVariance,
  };
}

/**
 * DDPM's sampler (Ho et al. 2020, algorithm 2): each step draws from the posterior with the network's data in place of
 * the true. Its variance is the posterior's (`small`, right for data that are a point), that of the forward step (`large`,
 * right for normal data of unit variance), or chosen in between by the network (`learned`). The last step adds no noise.
 *
 * @param levels from noise to clean data; with all T + 1 levels of a schedule it is DDPM as published
 * @throws NextscaleError `invalid-argument` for levels that do not descend
 */
export function ancestralPlan(levels: readonly NoiseLevel[], variance: ReverseVariance): Plan {
  requireDescent("ancestralPlan", levels);
  return levels.slice(1).map((to, i) => {
    const level = levels[i]!;
    const step = gaussianPosterior(level, to);
    const [least, most] = [Math.sqrt(step.variance), Math.sqrt(step.forwardVariance)];
    const fresh: FreshNoise = variance === "small" ? least : variance === "large" ? most : { least, most };
    return { level, state: step.state, data: step.data, before: 0, fresh: to.noise === 0 ? 0 : fresh };
  });
}
