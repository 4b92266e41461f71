import { gaussianPosterior } from "./ancestral-plan.js";
import { requireDescent, type NoiseLevel } from "./noise-level.js";
import type { Plan } from "./plan.js";

/**
 * DDIM (Song et al. 2021, eq. 12): the data and the noise that the network sees in the state, put together again at the next
 * level, with some of the noise exchanged for fresh noise. Between levels of a rectified flow (`flowLevels`) it is Euler's
 * method for the flow.
 *
 * @param levels from noise to clean data
 * @param eta 0 is deterministic; 1 has the fresh noise of `ancestralPlan` with small variance, and is the same plan
 * @throws NextscaleError `invalid-argument` for levels that do not descend
 */
export function ddimPlan(levels: readonly NoiseLevel[], eta = 0): Plan {
  requireDescent("ddimPlan", levels);
  return levels.slice(1).map((to, i) => {
    const level = levels[i]!;
    // No posterior is needed where nothing is fresh: from pure noise, without signal, there is none.
    const fresh = eta === 0 ? 0 : eta * Math.sqrt(gaussianPosterior(level, to).variance);
    const old = Math.sqrt(to.noise ** 2 - fresh ** 2) / level.noise;
    return { level, state: old, data: to.signal - old * level.signal, before: 0, fresh };
  });
}
