/**
 * The central interval of a binomial count that leaves at most (1 - level)/2 of the probability on either side. Exact: terms are
 * built from the mode outwards by their ratios, which neither overflows nor underflows where it counts.
 *
 * @param count trials, at least 1
 * @param probability of success in one, between 0 and 1
 */
export function binomialInterval(
  count: number,
  probability: number,
  level = 0.95,
): readonly [lower: number, upper: number] {
  const odds = probability / (1 - probability);
  const mode = Math.min(count, Math.floor((count + 1) * probability));
  // Terms relative to that of the mode. Those below are too small to move a quantile.
  const negligible = 1e-12;
  const above = [1];
  for (let k = mode; k < count && above.at(-1)! > negligible; k++)
    above.push((above.at(-1)! * odds * (count - k)) / (k + 1));
  const below: number[] = [];
  for (let k = mode, term = 1; k > 0 && term > negligible; k--) below.push((term *= k / (odds * (count - k + 1))));
  const terms = [...below.reverse(), ...above];
  const total = terms.reduce((sum, term) => sum + term, 0);
  const tail = ((1 - level) / 2) * total;
  const first = mode - below.length;
  return [first + firstBeyond(terms, tail), first + terms.length - 1 - firstBeyond(terms.toReversed(), tail)];
}

/** Index of the term with which the running sum exceeds the tail. */
function firstBeyond(terms: readonly number[], tail: number): number {
  let sum = 0;
  return terms.findIndex((term) => (sum += term) > tail);
}
