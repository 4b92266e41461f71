import type { NoiseLevel } from "./noise-level.js";
import type { Plan, PlanStep } from "./plan.js";

/** What a network says of a state. */
export interface Denoised<Numbers> {
  /** The data that the state most likely is made of. */
  readonly data: Numbers;
  /** For each number how much of the range of fresh noise is needed, 0 to 1: of networks that learn it. */
  readonly share?: Numbers;
}

/** What a sampler asks for. */
export interface PlannedSampling<Numbers> {
  /** The state at the plan's first level: standard normal numbers times its noise. */
  readonly start: Numbers;
  /**
   * What the network says of a state: one evaluation.
   *
   * @param state at the level
   * @param before what was said one step earlier: for networks that are conditioned on it
   */
  denoise(
    state: Numbers,
    level: NoiseLevel,
    before: Denoised<Numbers> | undefined,
  ): Denoised<Numbers> | Promise<Denoised<Numbers>>;
  /** Standard normal numbers for the fresh noise of a step, as many as the state has; asked for where there is any. */
  noise(step: number): ArrayLike<number>;
}

/** Draws a sample: carries out a plan, step by step. */
export async function sampleByPlan<Numbers extends Float32Array | Float64Array>(
  plan: Plan,
  { start, denoise, noise }: PlannedSampling<Numbers>,
): Promise<Numbers> {
  let state = start;
  let before: Denoised<Numbers> | undefined;
  for (const [i, step] of plan.entries()) {
    const denoised = await denoise(state, step.level, before);
    state = nextState(step, state, denoised, before?.data, isDeterministic(step) ? undefined : noise(i));
    before = denoised;
  }
  return state;
}

/**
 * A step of a plan; changes nothing that it is given.
 *
 * @param before what was said one step earlier, where the step has a factor for it
 * @param noise standard normal numbers, where the step adds any
 */
export function nextState<Numbers extends Float32Array | Float64Array>(
  step: PlanStep,
  state: Numbers,
  denoised: Denoised<Numbers>,
  before?: ArrayLike<number>,
  noise?: ArrayLike<number>,
): Numbers {
  const next = state.slice() as Numbers;
  for (let i = 0; i < next.length; i++) {
    let value = step.state * state[i]! + step.data * denoised.data[i]!;
    if (step.before !== 0) value += step.before * before![i]!;
    if (noise !== undefined) value += deviationOf(step, denoised.share?.[i]) * noise[i]!;
    next[i] = value;
  }
  return next;
}

function isDeterministic({ fresh }: PlanStep): boolean {
  return fresh === 0;
}

/** Between the least and the most on a logarithmic scale (Nichol and Dhariwal 2021, eq. 15); half way where nothing is said. */
function deviationOf({ fresh }: PlanStep, share = 0.5): number {
  return typeof fresh === "number" ? fresh : fresh.most ** share * fresh.least ** (1 - share);
}
