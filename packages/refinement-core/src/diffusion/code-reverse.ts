import type { CodeDiffusion } from "./code-diffusion.js";

/** From which time to which earlier one. */
export interface CodeStep {
  readonly from: number;
  readonly to: number;
}

/** q(x_t | x_0): the probabilities of the states that a code is found in at a time, [states]. */
export function codeMarginal({ kept, replacement }: CodeDiffusion, time: number, clean: number): Float64Array {
  const stays = kept[time]!;
  return replacement.map((probability, state) => (1 - stays) * probability + (state === clean ? stays : 0));
}

/**
 * p(x_s | x_t) when the clean code has some probabilities given x_t: the mean of q(x_s | x_t, x_0) over them, [states].
 * With the true probabilities it is the true reverse process. (Austin et al. weigh by q(x_t, x_s | x_0) instead, eq. 4, which is
 * the same for masked codes, and for others the true process only if the network says something else than x_0's
 * probabilities, which is not what its cross-entropy teaches it.)
 *
 * @param code x_t
 * @param clean probabilities of the codes at time 0, [codes]. Codes that cannot have become x_t are left out
 */
export function codeReverse(
  diffusion: CodeDiffusion,
  { from, to }: CodeStep,
  code: number,
  clean: ArrayLike<number>,
): Float64Array {
  const { kept, replacement, codes } = diffusion;
  const [late, early] = [kept[from]!, kept[to]!];
  // Of x_t given x_s.
  const stays = late / early;
  const replaced = replacement[code]!;
  const weights = new Float64Array(replacement.length);
  for (let x = 0; x < codes; x++) {
    const reached = (x === code ? late : 0) + (1 - late) * replaced;
    if (reached > 0) weights[x] = clean[x]! / reached;
  }
  const together = weights.reduce((sum, weight) => sum + weight, 0);
  const row = replacement.map((probability, state) => {
    const onwards = (state === code ? stays : 0) + (1 - stays) * replaced;
    return onwards * (early * weights[state]! + (1 - early) * probability * together);
  });
  const total = row.reduce((sum, value) => sum + value, 0);
  return row.map((value) => value / total);
}

/** q(x_s | x_t, x_0): `codeReverse` for a clean code that is known, [states]. */
export function codePosterior(diffusion: CodeDiffusion, step: CodeStep, code: number, clean: number): Float64Array {
  const known = new Float64Array(diffusion.codes);
  known[clean] = 1;
  return codeReverse(diffusion, step, code, known);
}
