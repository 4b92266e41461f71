import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** Eigenvalues in ascending order, and the eigenvector of value i in column i of the n x n matrix `vectors`. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Matrix;
}

/** Eigenvalues and vectors of a symmetric n x n matrix, row-major: Householder tridiagonalisation, then implicit QL. */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const decomposition = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix), { assumeSymmetric: true });
  return { values: Float64Array.from(decomposition.realEigenvalues), vectors: decomposition.eigenvectorMatrix };
}

/** The positive semi-definite square root of a symmetric matrix; eigenvalues below zero are rounding and count as zero. */
export function symmetricSquareRoot(matrix: Float64Array, size: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, size);
  const scaled = vectors.clone();
  values.forEach((value, column) => scaled.mulColumn(column, Math.sqrt(Math.max(0, value))));
  return Float64Array.from(scaled.mmul(vectors.transpose()).to1DArray());
}

/**
 * Trace of the square root of a positive semi-definite n x n matrix.
 *
 * A rank-deficient matrix has eigenvalues of size n·eps·max where zeros should be, and a square root would lift them to
 * 1e-8: they are cut off, so the error stays of the order of eps.
 */
export function traceOfSquareRoot(matrix: Float64Array, size: number): number {
  const { values } = symmetricEigen(matrix, size);
  const cutoff = size * Number.EPSILON * (values[size - 1] ?? 0);
  let trace = 0;
  for (const value of values) if (value > cutoff) trace += Math.sqrt(value);
  return trace;
}
