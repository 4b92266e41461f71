/** Equal bins between two bounds. */
export interface Bins {
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/**
 * How many values lie in each bin, counted as `numpy.histogram` does, whose counts the published figures are made of: a bin has
 * its lower edge and not its upper one, but the last has both; values outside all bins are dropped.
 */
export function histogram(values: Iterable<number>, bins: Bins): Float64Array {
  const { count, low, high } = bins;
  const step = (high - low) / count;
  const edge = (bin: number): number => (bin === count ? high : bin * step + low);
  const counts = new Float64Array(count);
  for (const value of values) {
    if (!(value >= low && value <= high)) continue;
    let bin = Math.min(count - 1, Math.floor(((value - low) / (high - low)) * count));
    // The division may round across an edge; the edges decide.
    if (value < edge(bin)) bin -= 1;
    else if (bin < count - 1 && value >= edge(bin + 1)) bin += 1;
    counts[bin]! += 1;
  }
  return counts;
}

/** Keeps a histogram without counts at zero. The published figures have it, and it moves their seventh digit. */
const EPSILON = 1e-6;

/** Counts over their sum, which becomes almost 1. */
export function normalised(counts: Float64Array): Float64Array {
  const sum = counts.reduce((total, count) => total + count, 0) + EPSILON;
  return counts.map((count) => count / sum);
}
