import type { GraphStatistic } from "./descriptors.js";

/** How alike two vectors are, from 1 for the same down to 0. The shorter one goes on with zeros. */
export type Kernel = (x: Float64Array, y: Float64Array) => number;

/**
 * The two published sets of kernels. Values of one say nothing beside values of the other.
 *
 * - `"spectre"`: total variation everywhere, and wavelets as a fifth statistic (Martinkus et al. 2022; DiGress on planar and SBM
 *   graphs; Bergmeister et al. 2024). Not positive definite (O'Bray et al. 2022): a distance may come out slightly negative.
 * - `"graphrnn"`: earth mover's distance for the histograms and Euclidean distance for orbits (You et al. 2018; GDSS on
 *   Community-small, Ego-small, Enzymes and grids; DiGress on its 20-node communities).
 */
export type KernelSet = "spectre" | "graphrnn";

/** Statistics in the order in which they are printed, with their kernels. */
export const KERNEL_SETS: Readonly<Record<KernelSet, readonly (readonly [GraphStatistic, Kernel])[]>> = {
  spectre: [
    ["degree", gaussianOf(totalVariation, 1)],
    ["clustering", gaussianOf(totalVariation, 0.1)],
    // 30 is also the width for raw orbit counts: this "total variation" is no distance of distributions.
    ["orbit", gaussianOf(totalVariation, 30)],
    ["spectral", gaussianOf(totalVariation, 1)],
    ["wavelet", gaussianOf(totalVariation, 1)],
  ],
  graphrnn: [
    ["degree", gaussianOf(earthMover, 1)],
    // In units of a coefficient, where the others are in units of a bin.
    ["clustering", gaussianOf((x, y) => earthMover(x, y) / 100, 0.1)],
    ["orbit", gaussianOf(euclidean, 30)],
    ["spectral", gaussianOf(earthMover, 1)],
  ],
};

function gaussianOf(distance: (x: Float64Array, y: Float64Array) => number, sigma: number): Kernel {
  return (x, y) => {
    const d = distance(x, y);
    return Math.exp((-d * d) / (2 * sigma * sigma));
  };
}

/** ½ Σ |x − y|. */
function totalVariation(x: Float64Array, y: Float64Array): number {
  const [short, long] = x.length < y.length ? [x, y] : [y, x];
  let sum = 0;
  for (let i = 0; i < short.length; i++) sum += Math.abs(short[i]! - long[i]!);
  for (let i = short.length; i < long.length; i++) sum += Math.abs(long[i]!);
  return sum / 2;
}

/** Earth mover's distance of two histograms, in bins: Σ |difference of cumulative sums|. */
function earthMover(x: Float64Array, y: Float64Array): number {
  const length = Math.max(x.length, y.length);
  let [difference, sum] = [0, 0];
  for (let i = 0; i < length; i++) {
    difference += (x[i] ?? 0) - (y[i] ?? 0);
    sum += Math.abs(difference);
  }
  return sum;
}

function euclidean(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - y[i]!) ** 2;
  return Math.sqrt(sum);
}
