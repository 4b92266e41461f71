/** Below this nothing is thought to be: its logarithm is finite. */
const LEAST = 1e-9;

/**
 * How often each level of each coordinate is to be expected [D, V], by how often it occurred: as if half as many observations as
 * there are levels had been made besides, distributed normally with the coordinate's own mean and variance. Then what never
 * occurred is not impossible, and a coordinate that hardly varies is not expected at levels that only wider ones reach.
 *
 * @param counts [D, V], of as many observations for each coordinate
 * @param levels V
 */
export function levelFrequencies(counts: Float64Array, levels: number): Float64Array {
  const frequencies = new Float64Array(counts.length);
  const extra = levels / 2;
  for (let first = 0; first < counts.length; first += levels) {
    const own = counts.subarray(first, first + levels);
    const normal = normalLike(own);
    const total = own.reduce((sum, count) => sum + count, 0);
    own.forEach((count, level) => {
      frequencies[first + level] = Math.max(LEAST, (count + extra * normal[level]!) / (total + extra));
    });
  }
  return frequencies;
}

/** Shares of the levels under a normal distribution of the same mean and variance. */
function normalLike(counts: Float64Array): Float64Array {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const mean = counts.reduce((sum, count, level) => sum + count * level, 0) / total;
  const variance = counts.reduce((sum, count, level) => sum + count * (level - mean) ** 2, 0) / total;
  // A level is an interval, which has a variance of its own.
  const shares = counts.map((_, level) => Math.exp(-((level - mean) ** 2) / (2 * variance + 1 / 6)));
  const sum = shares.reduce((all, share) => all + share, 0);
  return shares.map((share) => share / sum);
}
