import { NextscaleError } from "@nextscale/engine";

/**
 * Noise for codes (D3PM, Austin et al. 2021): at each step a code is kept or, with some probability, replaced by a draw
 * from one fixed distribution. Both the uniform and the absorbing process are of this form, and no matrix is ever made:
 * after t steps a code is as it was with probability kept[t], and else a draw from the replacement.
 */
export interface CodeDiffusion {
  /** Codes that data have: 0 to codes - 1. */
  readonly codes: number;
  /** Probability that a code has not been touched by time t, [T + 1]: 1 at time 0, and falling. */
  readonly kept: Float64Array;
  /** What a code that is touched becomes, [states]: probabilities of the codes and, where there is one, of the mask. */
  readonly replacement: Float64Array;
}

/**
 * Codes are replaced by any code, each as likely (Hoogeboom et al. 2021; D3PM's uniform transitions).
 *
 * @param kept see `cosineKept` and `linearKept`
 * @throws NextscaleError `invalid-argument` for probabilities that do not fall from 1
 */
export function uniformCodes(codes: number, kept: Float64Array): CodeDiffusion {
  requireFall(kept);
  return { codes, kept, replacement: new Float64Array(codes).fill(1 / codes) };
}

/**
 * Codes are replaced by a mask, which is state `codes`, and stay so (D3PM's absorbing transitions): generation fills masked
 * codes in, in random order.
 *
 * @param kept see `linearKept`
 * @throws NextscaleError `invalid-argument` for probabilities that do not fall from 1
 */
export function absorbingCodes(codes: number, kept: Float64Array): CodeDiffusion {
  requireFall(kept);
  return { codes, kept, replacement: new Float64Array(codes + 1).fill(1, codes) };
}

/** 1 - t / T: every step touches as many codes (beta_t = 1 / (T - t + 1), Austin et al. 2021). [T + 1] */
export function linearKept(steps: number): Float64Array {
  return Float64Array.from({ length: steps + 1 }, (_, t) => 1 - t / steps);
}

/** Offset of the cosine, as of `cosineNoise`. */
const OFFSET = 0.008;

/** A quarter of a cosine, not squared (Hoogeboom et al. 2021), 0 at the end. [T + 1] */
export function cosineKept(steps: number): Float64Array {
  const at = (t: number) => Math.cos(((t / steps + OFFSET) / (1 + OFFSET)) * (Math.PI / 2));
  return Float64Array.from({ length: steps + 1 }, (_, t) => (t === steps ? 0 : at(t) / at(0)));
}

/**
 * The codes at some times: draws from q(x_t | x_0), int32 of the shape of the codes.
 *
 * @param codes [items, sites], row-major
 * @param times of the items, 0 to T
 * @param uniforms in (0, 1), two for each code
 */
export function diffuseCodes(
  { kept, replacement }: CodeDiffusion,
  codes: Int32Array,
  times: ArrayLike<number>,
  uniforms: ArrayLike<number>,
): Int32Array {
  const sites = codes.length / times.length;
  return codes.map((code, i) => {
    const untouched = uniforms[2 * i]! < kept[times[Math.floor(i / sites)]!]!;
    return untouched ? code : drawState(replacement, uniforms[2 * i + 1]!);
  });
}

/** Codes of which nothing is known, as generation starts: draws from the replacement, one for each uniform number. */
export function startCodes({ replacement }: CodeDiffusion, uniforms: ArrayLike<number>): Int32Array {
  return Int32Array.from(uniforms, (uniform) => drawState(replacement, uniform));
}

/** The first state at which the sum of probabilities exceeds the number: never one of probability 0. */
export function drawState(probabilities: ArrayLike<number>, uniform: number): number {
  let last = 0;
  let sum = 0;
  for (let state = 0; state < probabilities.length; state++) {
    if (probabilities[state] === 0) continue;
    sum += probabilities[state]!;
    last = state;
    if (uniform < sum) break;
  }
  return last;
}

function requireFall(kept: Float64Array): void {
  const falls = kept.length >= 2 && kept[0] === 1 && kept.every((p, t) => p >= 0 && (t === 0 || p < kept[t - 1]!));
  if (falls) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "refinement-core/code-diffusion",
    expected: "probabilities that fall from 1, one for each time from 0",
    got: `[${Array.from(kept.slice(0, 8)).join(", ")}${kept.length > 8 ? ", ..." : ""}]`,
  });
}
