import { covarianceOf, requireSameDimension, type FeatureMoments } from "./moments.js";
import { symmetricSquareRoot, traceOfSquareRoot } from "./symmetric-eigen.js";

/** A Fréchet distance and its two summands. */
export interface FrechetScore {
  /** ‖μ₁ − μ₂‖² + tr(S₁ + S₂ − 2 (S₁S₂)^½), in squared units of the features. */
  readonly distance: number;
  /** ‖μ₁ − μ₂‖². */
  readonly meanTerm: number;
  /** tr(S₁ + S₂ − 2 (S₁S₂)^½). */
  readonly covarianceTerm: number;
}

/** A Fréchet distance fitted on a reference set. */
export interface FrechetMetric {
  /** @throws NextscaleError `shape` for another dimension, `invalid-argument` for fewer than two samples */
  score(samples: FeatureMoments): FrechetScore;
}

/**
 * Fréchet distance between Gaussians fitted to two sets of features (Heusel et al. 2017, eq. 6; Dowson, Landau 1982).
 *
 * The trace is Σ √λ(S₁^½ S₂ S₁^½), eigenvalues of a symmetric matrix: no complex square root, no failure on rank-deficient
 * covariances. The estimate is biased upwards by about 1/n: print the distance between two real sets beside it.
 *
 * @throws NextscaleError `invalid-argument` for fewer than two reference vectors
 */
export function fitFrechet(reference: FeatureMoments): FrechetMetric {
  const { dimension } = reference;
  const covariance = covarianceOf(reference);
  const root = symmetricSquareRoot(covariance, dimension);
  const trace = traceOf(covariance, dimension);

  return {
    score(samples) {
      requireSameDimension("metrics/frechet", reference, samples);
      const other = covarianceOf(samples);
      const common = traceOfSquareRoot(productOf(root, other, dimension), dimension);
      const covarianceTerm = Math.max(0, trace + traceOf(other, dimension) - 2 * common);
      let meanTerm = 0;
      for (let k = 0; k < dimension; k++) meanTerm += (reference.mean[k]! - samples.mean[k]!) ** 2;
      return { distance: meanTerm + covarianceTerm, meanTerm, covarianceTerm };
    },
  };
}

function traceOf(matrix: Float64Array, size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += matrix[i * size + i]!;
  return sum;
}

/** R S R, of symmetric n x n matrices: the lower triangle, and the same above it. */
function productOf(root: Float64Array, other: Float64Array, size: number): Float64Array {
  const product = new Float64Array(size * size);
  const row = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    row.fill(0);
    for (let k = 0; k < size; k++) addMultiple(row, root[i * size + k]!, other, { at: k * size, count: size });
    const own = product.subarray(i * size, i * size + i + 1);
    for (let k = 0; k < size; k++) addMultiple(own, row[k]!, root, { at: k * size, count: i + 1 });
    for (let j = 0; j < i; j++) product[j * size + i] = own[j]!;
  }
  return product;
}

/** Adds a multiple of some numbers, from a place on. */
function addMultiple(
  sum: Float64Array,
  factor: number,
  of: Float64Array,
  { at, count }: { readonly at: number; readonly count: number },
): void {
  for (let j = 0; j < count; j++) sum[j]! += factor * of[at + j]!;
}
