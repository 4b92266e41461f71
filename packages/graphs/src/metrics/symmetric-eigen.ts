import { NextscaleError } from "@nextscale/engine";

/** Eigenvalues, ascending, and the eigenvector of value k in row k of `vectors`, [size, size]. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** QL needs two on average; more than fifty mean that a number is not finite. */
const MOST_ITERATIONS = 50;

/**
 * Eigenvalues and vectors of a symmetric matrix [size, size]: Householder tridiagonalisation, then implicit QL (the procedures
 * tred2 and tql2 of Wilkinson and Reinsch 1971). ml-matrix has them behind accessors, at twice the time, and most of the time of
 * a comparison of graphs goes into spectra; nor does it end for a matrix with a NaN.
 *
 * Numbers must not be so small that their products underflow.
 *
 * @throws NextscaleError `invalid-data` for a matrix with numbers that are not finite
 */
export function eigenOf(matrix: Float64Array, size: number): Eigen {
  const vectors = Float64Array.from(matrix);
  const diagonal = new Float64Array(size);
  const beside = new Float64Array(size);
  if (size > 0) {
    tridiagonalise(vectors, diagonal, beside, size);
    diagonalise(vectors, diagonal, beside, size);
  }
  return ascending(diagonal, vectors, size);
}

/**
 * Reduces the matrix to tridiagonal form; rows of `v` become the orthogonal transformation. Row i of `v` is column i of the
 * textbook: the inner loops run along rows.
 */
function tridiagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) d[j] = v[(n - 1) * n + j]!;
  for (let i = n - 1; i > 0; i--) {
    let [scale, h] = [0, 0];
    for (let k = 0; k < i; k++) scale += Math.abs(d[k]!);
    if (scale === 0) {
      e[i] = d[i - 1]!;
      for (let j = 0; j < i; j++) {
        d[j] = v[j * n + i - 1]!;
        v[j * n + i] = 0;
        v[i * n + j] = 0;
      }
    } else {
      for (let k = 0; k < i; k++) {
        d[k]! /= scale;
        h += d[k]! * d[k]!;
      }
      const f = d[i - 1]!;
      const g = f > 0 ? -Math.sqrt(h) : Math.sqrt(h);
      e[i] = scale * g;
      h -= f * g;
      d[i - 1] = f - g;
      reflect(v, d, e, i, h, n);
    }
    d[i] = h;
  }
  accumulate(v, d, n);
  e[0] = 0;
}

/** Applies the reflection along `d` from both sides to the leading part of size i. */
function reflect(v: Float64Array, d: Float64Array, e: Float64Array, i: number, h: number, n: number): void {
  e.fill(0, 0, i);
  for (let j = 0; j < i; j++) {
    const f = d[j]!;
    v[i * n + j] = f;
    let g = e[j]! + v[j * n + j]! * f;
    for (let k = j + 1; k < i; k++) {
      const value = v[j * n + k]!;
      g += value * d[k]!;
      e[k]! += value * f;
    }
    e[j] = g;
  }
  let f = 0;
  for (let j = 0; j < i; j++) {
    e[j]! /= h;
    f += e[j]! * d[j]!;
  }
  const shift = f / (h + h);
  for (let j = 0; j < i; j++) e[j]! -= shift * d[j]!;
  for (let j = 0; j < i; j++) {
    const dj = d[j]!;
    const ej = e[j]!;
    for (let k = j; k < i; k++) v[j * n + k]! -= dj * e[k]! + ej * d[k]!;
    d[j] = v[j * n + i - 1]!;
    v[j * n + i] = 0;
  }
}

/** Multiplies the reflections, which lie in the rows of `v`, into one orthogonal matrix. */
function accumulate(v: Float64Array, d: Float64Array, n: number): void {
  for (let i = 0; i < n - 1; i++) {
    v[i * n + n - 1] = v[i * n + i]!;
    v[i * n + i] = 1;
    const h = d[i + 1]!;
    const row = (i + 1) * n;
    if (h !== 0) {
      for (let k = 0; k <= i; k++) d[k] = v[row + k]! / h;
      for (let j = 0; j <= i; j++) {
        let g = 0;
        for (let k = 0; k <= i; k++) g += v[row + k]! * v[j * n + k]!;
        for (let k = 0; k <= i; k++) v[j * n + k]! -= g * d[k]!;
      }
    }
    v.fill(0, row, row + i + 1);
  }
  for (let j = 0; j < n; j++) {
    d[j] = v[j * n + n - 1]!;
    v[j * n + n - 1] = 0;
  }
  v[n * n - 1] = 1;
}

/** Implicit QL with shifts on the tridiagonal matrix; rotations go into the rows of `v`. */
function diagonalise(v: Float64Array, d: Float64Array, e: Float64Array, n: number): void {
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  let [shift, largest] = [0, 0];
  for (let l = 0; l < n; l++) {
    largest = Math.max(largest, Math.abs(d[l]!) + Math.abs(e[l]!));
    let m = l;
    while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * largest) m++;
    for (let iteration = 0; m > l && Math.abs(e[l]!) > Number.EPSILON * largest; iteration++) {
      if (iteration === MOST_ITERATIONS || Number.isNaN(largest)) throw notFinite();
      shift += sweep(v, d, e, l, m, n);
    }
    if (Number.isNaN(largest)) throw notFinite();
    d[l]! += shift;
    e[l] = 0;
  }
}

/** One QL sweep over the rows l to m; gives the shift that was taken off the rest of the diagonal. */
function sweep(v: Float64Array, d: Float64Array, e: Float64Array, l: number, m: number, n: number): number {
  const g = d[l]!;
  const half = (d[l + 1]! - g) / (2 * e[l]!);
  const signed = half < 0 ? half - Math.hypot(half, 1) : half + Math.hypot(half, 1);
  d[l] = e[l]! / signed;
  d[l + 1] = e[l]! * signed;
  const dl1 = d[l + 1]!;
  const taken = g - d[l];
  for (let i = l + 2; i < n; i++) d[i]! -= taken;
  let p = d[m]!;
  let [c, c2, c3, s, s2] = [1, 1, 1, 0, 0];
  const el1 = e[l + 1]!;
  for (let i = m - 1; i >= l; i--) {
    [c3, c2, s2] = [c2, c, s];
    const ce = c * e[i]!;
    const cp = c * p;
    const r = Math.hypot(p, e[i]!);
    e[i + 1] = s * r;
    s = e[i]! / r;
    c = p / r;
    p = c * d[i]! - s * ce;
    d[i + 1] = cp + s * (c * ce + s * d[i]!);
    rotate(v, i * n, n, c, s);
  }
  p = (-s * s2 * c3 * el1 * e[l]!) / dl1;
  e[l] = s * p;
  d[l] = c * p;
  return taken;
}

/** Rotates the row at `begin` and the one after it. */
function rotate(v: Float64Array, begin: number, n: number, c: number, s: number): void {
  for (let k = begin; k < begin + n; k++) {
    const low = v[k]!;
    const high = v[k + n]!;
    v[k + n] = s * low + c * high;
    v[k] = c * low - s * high;
  }
}

function ascending(values: Float64Array, rows: Float64Array, n: number): Eigen {
  const order = Int32Array.from(values, (_, k) => k).sort((a, b) => values[a]! - values[b]! || a - b);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => vectors.set(rows.subarray(from * n, (from + 1) * n), to * n));
  return { values: Float64Array.from(order, (from) => values[from]!), vectors };
}

function notFinite(): NextscaleError {
  return new NextscaleError({
    code: "invalid-data",
    where: "graphs/eigenOf",
    expected: "finite numbers",
    got: "NaN or infinity",
  });
}
