import { halfLogSnr, requireDescent, type NoiseLevel } from "./noise-level.js";
import type { Plan } from "./plan.js";

/**
 * DPM-Solver++ (Lu et al. 2022, "DPM-Solver++", algorithm 2): integrates the probability flow exactly but for the network,
 * which it takes to be constant (order 1, which is DDIM) or linear (order 2, "2M") in ln(signal / noise). The first step
 * has nothing before it and a step to clean data is infinitely long: both are of order 1.
 *
 * @param levels from noise to clean data. Start where there is some signal; see `lastTimeWithSignal`
 * @throws NextscaleError `invalid-argument` for levels that do not descend
 */
export function dpmSolverPlan(levels: readonly NoiseLevel[], order: 1 | 2): Plan {
  requireDescent("dpmSolverPlan", levels);
  const length = (i: number) => halfLogSnr(levels[i + 1]!) - halfLogSnr(levels[i]!);
  return levels.slice(1).map((to, i) => {
    const level = levels[i]!;
    const along = -to.signal * Math.expm1(-length(i));
    const ratio = order === 1 || i === 0 || to.noise === 0 ? 0 : length(i) / length(i - 1);
    return {
      level,
      state: to.noise / level.noise,
      data: along * (1 + ratio / 2),
      // Not -0, which would print.
      before: ratio === 0 ? 0 : (-along * ratio) / 2,
      fresh: 0,
    };
  });
}
