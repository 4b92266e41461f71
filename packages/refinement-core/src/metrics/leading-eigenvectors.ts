import { NextscaleError } from "@nextscale/engine";
import { normals } from "../random/distributions.js";
import { randomStream } from "../random/stream.js";
import { symmetricEigen } from "./symmetric-eigen.js";

/** Vectors that are iterated beyond those that are wanted: the ratio of eigenvalues that convergence goes by. */
const MORE = 16;
const ITERATIONS = 5;

/**
 * Orthonormal eigenvectors of the largest eigenvalues of a symmetric positive semi-definite matrix, [count, size], largest first:
 * block power iteration from random vectors, then the eigenvectors within what they span (Halko, Martinsson and Tropp 2011).
 * Eigenvalues that lie close together are not told apart; what the vectors span holds as much variance as it can.
 *
 * @throws NextscaleError `invalid-argument` for more vectors than the matrix has, or none
 */
export function leadingEigenvectors(matrix: Float64Array, size: number, count: number): Float64Array {
  if (!(Number.isInteger(count) && count >= 1 && count <= size && matrix.length === size * size)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/leadingEigenvectors",
      expected: "1 or more eigenvectors, and no more than the square matrix has",
      got: `${count} of ${matrix.length} values as ${size} x ${size}`,
    });
  }
  const wide = Math.min(size, count + MORE);
  let block = orthonormal(
    Float64Array.from(normals(randomStream(0, "metrics/leading-eigenvectors"), { draws: wide * size })),
    size,
  );
  for (let i = 0; i < ITERATIONS; i++) block = orthonormal(timesSymmetric(block, matrix, size), size);
  const image = timesSymmetric(block, matrix, size);
  const within = Float64Array.from({ length: wide * wide }, (_, at) => {
    return dot(row(block, Math.floor(at / wide), size), row(image, at % wide, size));
  });
  const { vectors } = symmetricEigen(within, wide);
  const leading = new Float64Array(count * size);
  for (let k = 0; k < count; k++) {
    const own = row(leading, k, size);
    for (let i = 0; i < wide; i++) addScaled(own, row(block, i, size), vectors.get(i, wide - 1 - k));
    // An eigenvector's sign is arbitrary.
    const largest = own.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    if (largest < 0) own.forEach((value, at) => (own[at] = -value));
  }
  return leading;
}

/** Each row of a block times a symmetric matrix. */
function timesSymmetric(block: Float64Array, matrix: Float64Array, size: number): Float64Array {
  const result = new Float64Array(block.length);
  // By rows of the matrix, so that it is read once.
  for (let i = 0; i < size; i++) {
    const line = row(matrix, i, size);
    for (let at = i; at < block.length; at += size) result[at] = dot(line, row(block, (at - i) / size, size));
  }
  return result;
}

/** Rows made orthonormal, in place and in order: Gram and Schmidt, twice, which is enough. */
function orthonormal(block: Float64Array, size: number): Float64Array {
  for (let i = 0; i * size < block.length; i++) {
    const own = row(block, i, size);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) addScaled(own, row(block, j, size), -dot(own, row(block, j, size)));
    }
    const length = Math.sqrt(dot(own, own));
    own.forEach((value, at) => (own[at] = value / length));
  }
  return block;
}

function row(matrix: Float64Array, index: number, size: number): Float64Array {
  return matrix.subarray(index * size, (index + 1) * size);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(to: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * other[i]!;
}
