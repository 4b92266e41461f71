import { NextscaleError } from "@nextscale/engine";

/*
 * The definitions of sampling in double precision on the host, one row of logits at a time: what the traced functions
 * are held against, and what calibration and tests read probabilities from.
 */

/** Temperature and cuts of one site. */
export interface Truncation {
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
}

/** softmax of a row. */
export function softmaxRow(logits: ArrayLike<number>): Float64Array {
  const row = Float64Array.from(logits);
  const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
  const weights = row.map((value) => Math.exp(value - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Guided logits of a row: uncond + g (cond - uncond). */
export function guideRow(
  conditional: ArrayLike<number>,
  unconditional: ArrayLike<number>,
  guidance: number,
): Float64Array {
  return Float64Array.from(conditional, (cond, i) => cond + (guidance - 1) * (cond - (unconditional[i] ?? 0)));
}

/**
 * The distribution that a row of logits is sampled from: temperature, then top-k (ties with the k-th stay), then top-p
 * (summed from the smallest up, codes are dropped while the sum is at most 1 - p; equal ones together, the most
 * probable never), renormalised. At temperature 0, the most probable codes in equal shares.
 *
 * @throws NextscaleError `invalid-argument` for an empty row
 */
export function truncatedProbabilities(logits: ArrayLike<number>, truncation: Truncation = {}): Float64Array {
  const { temperature = 1, topK = logits.length, topP = 1 } = truncation;
  if (logits.length === 0) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/sampling",
      expected: "at least one logit",
      got: "none",
    });
  }
  const descending = Float64Array.from(logits).sort().reverse();
  const largest = descending[0] ?? 0;
  const least = temperature === 0 ? largest : (descending[Math.min(topK, logits.length) - 1] ?? largest);
  const tempered = Float64Array.from(logits, (value) =>
    value < least ? -Infinity : temperature === 0 ? 0 : value / temperature,
  );
  const probabilities = softmaxRow(tempered);
  const most = probabilities.reduce((a, b) => Math.max(a, b), 0);
  const kept = probabilities.map((probability) => {
    const upTo = probabilities.reduce((sum, other) => (other <= probability ? sum + other : sum), 0);
    return probability === most || upTo > 1 - topP ? probability : 0;
  });
  const total = kept.reduce((sum, probability) => sum + probability, 0);
  return kept.map((probability) => probability / total);
}

/** The code that Gumbel noise picks: argMax of logits + T G among the codes that the cuts leave; ties to the lowest. */
export function drawRow(logits: ArrayLike<number>, gumbel: ArrayLike<number>, truncation: Truncation = {}): number {
  const allowed = truncatedProbabilities(logits, truncation);
  const temperature = truncation.temperature ?? 1;
  let best = -1;
  let bestScore = -Infinity;
  for (let code = 0; code < logits.length; code++) {
    const score = (logits[code] ?? 0) + temperature * (gumbel[code] ?? 0);
    if ((allowed[code] ?? 0) > 0 && score > bestScore) {
      best = code;
      bestScore = score;
    }
  }
  return best;
}
