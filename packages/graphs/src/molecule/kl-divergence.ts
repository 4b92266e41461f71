/*
 * Divergences as GuacaMol computes them (Brown et al. 2019; guacamol/utils/chemistry.py): what its printed scores are of, with its
 * choices of bins and bandwidth.
 */

/** Added to every density, so that no ratio is infinite. */
const LEAST_DENSITY = 1e-10;

/** Points at which densities of a continuous quantity are compared. */
const POINTS = 1000;

/** Bins of a quantity that is a count. */
const BINS = 10;

/**
 * KL(reference ‖ samples) of a continuous quantity: of Gaussian kernel densities with Scott's bandwidth, σ n^(-1/5), on a grid over
 * both sets. Of a set without spread, which has no such density, it is 0 beside an equal one and infinite beside any other.
 */
export function continuousDivergence(reference: ArrayLike<number>, samples: ArrayLike<number>): number {
  const [least, most] = rangeOf(reference, samples);
  const [ours, theirs] = [bandwidthOf(reference), bandwidthOf(samples)];
  if (least === most) return 0;
  if (ours === 0 || theirs === 0) return Infinity;
  const grid = Float64Array.from({ length: POINTS }, (_, i) => least + ((most - least) * i) / (POINTS - 1));
  return relativeEntropy(densityAt(grid, reference, ours), densityAt(grid, samples, theirs));
}

/**
 * KL(reference ‖ samples) of a count: of histograms with ten equal bins over the reference's range. Samples outside it are in no
 * bin, as there; if all are, the divergence is infinite.
 */
export function discreteDivergence(reference: ArrayLike<number>, samples: ArrayLike<number>): number {
  let [least, most] = rangeOf(reference);
  // numpy.histogram: a range without width gets one.
  if (least === most) [least, most] = [least - 0.5, most + 0.5];
  const theirs = histogram(samples, least, most);
  if (theirs.every((share) => share === 0)) return Infinity;
  const width = (most - least) / BINS;
  const density = (shares: Float64Array) => shares.map((share) => share / width + LEAST_DENSITY);
  return relativeEntropy(density(histogram(reference, least, most)), density(theirs));
}

/** Σ p ln(p / q) of what is proportional to p and q. */
function relativeEntropy(p: Float64Array, q: Float64Array): number {
  const [totalP, totalQ] = [p, q].map((values) => values.reduce((sum, value) => sum + value, 0)) as [number, number];
  return p.reduce((sum, value, i) => sum + (value / totalP) * Math.log(value / totalP / (q[i]! / totalQ)), 0);
}

function densityAt(grid: Float64Array, values: ArrayLike<number>, bandwidth: number): Float64Array {
  const scale = 1 / (values.length * bandwidth * Math.sqrt(2 * Math.PI));
  return grid.map((x) => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += Math.exp(-0.5 * ((x - values[i]!) / bandwidth) ** 2);
    return sum * scale + LEAST_DENSITY;
  });
}

/** Scott's rule with the unbiased deviation (scipy.stats.gaussian_kde). */
function bandwidthOf(values: ArrayLike<number>): number {
  const { length } = values;
  let mean = 0;
  for (let i = 0; i < length; i++) mean += values[i]! / length;
  let squares = 0;
  for (let i = 0; i < length; i++) squares += (values[i]! - mean) ** 2;
  const [least, most] = rangeOf(values);
  // The mean of equal numbers is rounded, and differs from them.
  return least === most ? 0 : Math.sqrt(squares / (length - 1)) * length ** -0.2;
}

/** Shares of the values inside the range in each bin; the last bin has both its ends. */
function histogram(values: ArrayLike<number>, least: number, most: number): Float64Array {
  const counts = new Float64Array(BINS);
  let inside = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < least || values[i]! > most) continue;
    counts[Math.min(BINS - 1, Math.floor(((values[i]! - least) / (most - least)) * BINS))]! += 1;
    inside += 1;
  }
  return inside === 0 ? counts : counts.map((count) => count / inside);
}

function rangeOf(...sets: readonly ArrayLike<number>[]): [least: number, most: number] {
  let [least, most] = [Infinity, -Infinity];
  for (const set of sets) {
    for (let i = 0; i < set.length; i++) {
      least = Math.min(least, set[i]!);
      most = Math.max(most, set[i]!);
    }
  }
  return [least, most];
}
