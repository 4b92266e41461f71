import { requireDescent, type NoiseLevel } from "./noise-level.js";
import type { Plan, PlanStep } from "./plan.js";

/**
 * Heun's method for the probability flow: a DDIM step to the next level, an evaluation there, and the step again with the
 * mean of both. The state moves by the mean of the data times what the signal grows and the mean of the noise times what the
 * noise shrinks, which is the rule of Karras et al. 2022 (algorithm 2) where the signal is 1 and that of rectified flow (Liu
 * et al. 2023) between its levels. Two evaluations a step; one in a step to clean data, where the noise cannot be seen.
 *
 * @param levels from noise to clean data
 * @throws NextscaleError `invalid-argument` for levels that do not descend
 */
export function heunPlan(levels: readonly NoiseLevel[]): Plan {
  requireDescent("heunPlan", levels);
  return levels.slice(1).flatMap((to, i) => heunSteps(levels[i]!, to));
}

/** One step of Heun's method as the one or two evaluations that it takes. */
export function heunSteps(from: NoiseLevel, to: NoiseLevel): readonly PlanStep[] {
  // What is seen as noise, (x - signal D) / noise, put together with D at the other level.
  const ratio = to.noise / from.noise;
  const guess = { level: from, state: ratio, data: to.signal - ratio * from.signal, before: 0, fresh: 0 };
  if (to.noise === 0) return [guess];
  // The second evaluation has the guess for its state; the state that the step started from is what the guess was made of,
  // x = (guess - guess.data D') / ratio.
  const [growth, shrinkage] = [(to.signal - from.signal) / 2, (to.noise - from.noise) / 2];
  const [onStart, onBefore] = [1 + shrinkage / from.noise, growth - (shrinkage * from.signal) / from.noise];
  const corrected = {
    level: to,
    state: onStart / ratio + shrinkage / to.noise,
    data: growth - (shrinkage * to.signal) / to.noise,
    before: onBefore - (onStart * guess.data) / ratio,
    fresh: 0,
  };
  return [guess, corrected];
}
