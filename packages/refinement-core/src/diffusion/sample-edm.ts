import type { EdmStep } from "./edm-plan.js";

/** What a sampler asks for. */
export interface EdmSampling {
  /** Standard normal numbers, one for each of the state's: the pure noise that it starts from. */
  readonly start: Float32Array;
  /** What the state most likely is without its noise: D(x; sigma). */
  denoise(noisy: Float32Array, level: number): Promise<Float32Array>;
  /** Standard normal numbers for the fresh noise of a step; asked for where the step raises its level. */
  noise(step: number): Float32Array;
  /** Multiplies the fresh noise (S_noise): above 1 samples are more diverse. */
  readonly inflation: number;
}

/**
 * Draws a sample by Heun's method with fresh noise in between: algorithm 2 of Karras et al. 2022.
 */
export async function sampleEdm(plan: readonly EdmStep[], sampling: EdmSampling): Promise<Float32Array> {
  const { denoise, noise, inflation } = sampling;
  let state: Float32Array = sampling.start.map((value) => value * plan[0]!.from);
  for (const [i, { from, raised, to }] of plan.entries()) {
    if (raised > from) state = plus(state, noise(i), inflation * Math.sqrt(raised ** 2 - from ** 2));
    const slope = slopeAt(state, await denoise(state, raised), raised);
    const guess = plus(state, slope, to - raised);
    if (to === 0) return guess;
    const corrected = slopeAt(guess, await denoise(guess, to), to);
    state = plus(state, slope.map((value, at) => (value + corrected[at]!) / 2), to - raised); // prettier-ignore
  }
  return state;
}

/** dx/dsigma of the probability flow. */
function slopeAt(state: Float32Array, denoised: Float32Array, level: number): Float32Array {
  return state.map((value, at) => (value - denoised[at]!) / level);
}

function plus(a: Float32Array, b: Float32Array, factor: number): Float32Array {
  return a.map((value, at) => value + factor * b[at]!);
}
