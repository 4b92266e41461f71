import { histogram } from "./histogram.js";
import type { Spectrum } from "./spectrum.js";

/*
 * The filter bank "abspline" of Hammond, Vandergheynst and Gribonval (2011, section 8.1), twelve filters on [0, 2], as SPECTRE
 * and its followers use it (pygsp.filters.Abspline): a low-pass filter and eleven scales of one band.
 */

const HIGHEST = 2;
/** Lowest eigenvalue that a band looks at, a twentieth of the highest. */
const LOWEST = HIGHEST / 20;
const BANDS = 11;

/** Maximum of the cubic part of the band, at x = 2 − 1/√3. */
const PEAK = 1 + 2 / (3 * Math.sqrt(3));

/** Bins of the energies. Their range ends at the largest value of a filter, not at its square: larger energies are dropped. */
const ENERGY_BINS = { count: 100, low: 0, high: PEAK };

/** x² up to 1, 4/x² from 2 on, and between them the cubic that meets both with their slopes. */
function band(x: number): number {
  if (x < 1) return x * x;
  return x < 2 ? -5 + 11 * x - 6 * x * x + x * x * x : 4 / (x * x);
}

function lowPass(eigenvalue: number): number {
  return PEAK * Math.exp(-((eigenvalue / (0.6 * LOWEST)) ** 4));
}

/** Scales from 2 over the lowest eigenvalue to 1 over the highest, in equal ratios. */
const SCALES = Array.from({ length: BANDS }, (_, j) => {
  const [first, last] = [Math.log(2 / LOWEST), Math.log(1 / HIGHEST)];
  return Math.exp(first + ((last - first) * j) / (BANDS - 1));
});

const FILTERS = [lowPass, ...SCALES.map((scale) => (eigenvalue: number) => band(scale * eigenvalue))];

/**
 * Histogram of the energies that each of twelve filters leaves at each node, [12, 100]. The energy of filter g at node i is row sum
 * i of H∘H with H = U g(Λ) Uᵀ, which is Σ_k U_ik² g(λ_k)²: H itself is not needed.
 */
export function waveletHistogram({ values, vectors }: Spectrum): Float64Array {
  const n = values.length;
  const squares = vectors.map((value) => value * value);
  const all = new Float64Array(FILTERS.length * ENERGY_BINS.count);
  FILTERS.forEach((filter, f) => {
    const energies = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      const gain = filter(values[k]!) ** 2;
      for (let i = 0; i < n; i++) energies[i]! += squares[k * n + i]! * gain;
    }
    all.set(histogram(energies, ENERGY_BINS), f * ENERGY_BINS.count);
  });
  return all;
}
