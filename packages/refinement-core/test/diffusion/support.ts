import { sampleByPlan, type NoiseLevel, type Plan } from "../../src/index.js";

/**
 * E[data | state] for normal data of mean 0 and this variance, as a factor of the state: what a perfect network says.
 */
export function oracleGain({ signal, noise }: NoiseLevel, variance: number): number {
  return (signal * variance) / (signal ** 2 * variance + noise ** 2);
}

/** What a plan makes of one number, with the perfect network for normal data and no fresh noise. */
export async function planGain(plan: Plan, variance: number): Promise<number> {
  const [end] = await sampleByPlan(plan, {
    start: Float64Array.of(1),
    denoise: (state, level) => ({ data: state.map((value) => value * oracleGain(level, variance)) }),
    noise: () => {
      throw new Error("no fresh noise is expected");
    },
  });
  return end!;
}

/** Variance of what a plan makes of standard normal numbers, exactly: with the perfect network each step is linear. */
export function planVariance(plan: Plan, variance: number): number {
  return plan.reduce((spread, { level, state, data, before, fresh }) => {
    if (before !== 0 || typeof fresh !== "number")
      throw new Error("a step of first order with fixed noise is expected");
    return spread * (state + data * oracleGain(level, variance)) ** 2 + fresh ** 2;
  }, 1);
}
