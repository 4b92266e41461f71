/**
 * Eigenvalues of a symmetric n x n matrix, row-major, in ascending order: Householder's reduction to three diagonals, then implicit
 * QL (Golub and Van Loan 2013, sections 8.3.1 and 8.3.3; `tred1` and `imtql1` of EISPACK). A third of the time of `symmetricEigen`, which
 * finds the vectors too. The matrix stays as it is; only its lower triangle is read.
 */
export function symmetricEigenvalues(matrix: Float64Array, size: number): Float64Array {
  const { diagonal, below } = tridiagonal(matrix.slice(), size);
  return implicitQl(diagonal, below).sort();
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i stands at (i + 1, i); the last is 0. */
  readonly below: Float64Array;
}

/** Overwrites the lower triangle: column after column is mirrored onto its first entry below the diagonal. */
function tridiagonal(a: Float64Array, n: number): Tridiagonal {
  const below = new Float64Array(n);
  const v = new Float64Array(n);
  const w = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    let square = 0;
    for (let i = k + 1; i < n; i++) square += (v[i] = a[i * n + k]!) ** 2;
    const first = v[k + 1]!;
    const length = first > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    below[k] = length;
    if (square === first * first) {
      // Nothing else is in the column.
      below[k] = first;
      continue;
    }
    v[k + 1] = first - length;
    mirror(a, n, k + 1, { v, w, factor: 1 / (square - first * length) });
  }
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), below };
}

/** A <- H A H with H = 1 - factor v vᵀ, from the row and column `first` on. @param work.w room for n numbers */
function mirror(
  a: Float64Array,
  n: number,
  first: number,
  { v, w, factor }: { readonly v: Float64Array; readonly w: Float64Array; readonly factor: number },
): void {
  w.fill(0, first);
  for (let i = first; i < n; i++) {
    const own = v[i]!;
    let sum = a[i * n + i]! * own;
    for (let j = first; j < i; j++) {
      const value = a[i * n + j]!;
      sum += value * v[j]!;
      w[j]! += value * own;
    }
    w[i]! += sum;
  }
  let along = 0;
  for (let i = first; i < n; i++) along += v[i]! * (w[i]! *= factor);
  for (let i = first; i < n; i++) w[i]! -= 0.5 * factor * along * v[i]!;
  for (let i = first; i < n; i++) {
    const [vi, wi] = [v[i]!, w[i]!];
    for (let j = first; j <= i; j++) a[i * n + j]! -= vi * w[j]! + wi * v[j]!;
  }
}

/** Overwrites both diagonals; the values come in no order. */
function implicitQl(d: Float64Array, e: Float64Array): Float64Array {
  const n = d.length;
  for (let l = 0; l < n; l++) {
    for (;;) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]!) > Number.EPSILON * (Math.abs(d[m]!) + Math.abs(d[m + 1]!))) m++;
      if (m === l) break;
      // Wilkinson's shift, then a chase of the bulge from m up to l.
      const half = (d[l + 1]! - d[l]!) / (2 * e[l]!);
      let g = d[m]! - d[l]! + e[l]! / (half + Math.sign(half || 1) * Math.hypot(half, 1));
      let [sine, cosine, p] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        const [f, b] = [sine * e[i]!, cosine * e[i]!];
        const r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1]! -= p;
          break;
        }
        [sine, cosine] = [f / r, g / r];
        g = d[i + 1]! - p;
        const turned = (d[i]! - g) * sine + 2 * cosine * b;
        p = sine * turned;
        d[i + 1] = g + p;
        g = cosine * turned - b;
      }
      e[m] = 0;
      if (i >= l) continue;
      d[l]! -= p;
      e[l] = g;
    }
  }
  return d;
}
