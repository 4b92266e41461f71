import type { CodeDiffusion } from "./code-diffusion.js";
import { codeMarginal, codePosterior, codeReverse } from "./code-reverse.js";

/*
 * The bound on -ln p(x_0) of a code: `codePriorNats` and the sum of `codeStepNats` over the times from 1 to T, each a mean
 * over the codes that noise makes of it (Austin et al. 2021, eq. 1). Exact arithmetic: no small numbers added in logarithms.
 */

/** KL(q(x_T | x_0) || replacement): what generation misses by starting from pure noise; 0 where nothing is kept to the end. */
export function codePriorNats(diffusion: CodeDiffusion, clean: number): number {
  return divergence(codeMarginal(diffusion, diffusion.kept.length - 1, clean), diffusion.replacement);
}

/**
 * KL(q(x_t-1 | x_t, x_0) || p(x_t-1 | x_t)) in nats. At time 1, where the first is a point, it is -ln p(x_0 | x_1).
 *
 * @param time t, 1 to T
 * @param code x_0, x_t, and the probabilities of the clean code that the network says given x_t, [codes]
 */
export function codeStepNats(
  diffusion: CodeDiffusion,
  time: number,
  { clean, noisy, said }: { readonly clean: number; readonly noisy: number; readonly said: ArrayLike<number> },
): number {
  const step = { from: time, to: time - 1 };
  return divergence(codePosterior(diffusion, step, noisy, clean), codeReverse(diffusion, step, noisy, said));
}

/**
 * What -ln p(x_0) of a masked code is multiplied by in the bound, where codes are absorbed: (kept[t-1] - kept[t]) / (1 -
 * kept[t]), which is 1 / t for `linearKept`. Codes that are not masked cost nothing.
 */
export function maskedWeight({ kept }: CodeDiffusion, time: number): number {
  return (kept[time - 1]! - kept[time]!) / (1 - kept[time]!);
}

function divergence(p: Float64Array, q: Float64Array): number {
  return p.reduce((sum, value, i) => (value === 0 ? sum : sum + value * Math.log(value / q[i]!)), 0);
}
