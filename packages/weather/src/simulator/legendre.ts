/*
 * Associated Legendre functions, normalised so that the mean of P^2 over -1..1 is 1, without the sign (-1)^m.
 *
 * The recurrence in n at fixed m is stable upwards (Holmes and Featherstone 2002, J. Geodesy 76); its factor is
 * e(n, m) = sqrt((n^2 - m^2) / (4 n^2 - 1)):  mu P(n) = e(n + 1) P(n + 1) + e(n) P(n - 1).
 */

/** Factor e(n, m) of the recurrences. */
export function recurrenceFactor(n: number, m: number): number {
  return Math.sqrt((n * n - m * m) / (4 * n * n - 1));
}

/** Where the coefficients of order m begin when they are ordered by m, then by n = m..truncation. */
export function orderOffset(m: number, truncation: number): number {
  return m * (truncation + 1) - (m * (m - 1)) / 2;
}

/** Functions and their slopes at some nodes. Both tables are [m][node][n - m]. */
export interface LegendreTables {
  /** P(n, m). */
  readonly values: Float64Array;
  /** (1 - mu^2) dP/dmu, which is cos(latitude) times the derivative in latitude. */
  readonly slopes: Float64Array;
}

/** Tables of all functions up to a degree at the sines of some latitudes. */
export function legendreTables(nodes: ArrayLike<number>, truncation: number): LegendreTables {
  const size = nodes.length * orderOffset(truncation + 1, truncation);
  const values = new Float64Array(size);
  const slopes = new Float64Array(size);
  for (let m = 0; m <= truncation; m++) {
    const length = truncation - m + 1;
    for (let k = 0; k < nodes.length; k++) {
      const at = nodes.length * orderOffset(m, truncation) + k * length;
      const mu = nodes[k]!;
      // One degree more than is kept: the slope needs it.
      const column = legendreColumn(mu, m, truncation + 1);
      for (let n = m; n <= truncation; n++) {
        values[at + n - m] = column[n - m]!;
        const below = n === m ? 0 : (n + 1) * recurrenceFactor(n, m) * column[n - m - 1]!;
        slopes[at + n - m] = below - n * recurrenceFactor(n + 1, m) * column[n - m + 1]!;
      }
    }
  }
  return { values, slopes };
}

/** P(n, m) at one node for n = m..last. */
function legendreColumn(mu: number, m: number, last: number): Float64Array {
  const column = new Float64Array(last - m + 1);
  const cosine = Math.sqrt(Math.max(0, 1 - mu * mu));
  let diagonal = 1;
  for (let k = 1; k <= m; k++) diagonal *= cosine * Math.sqrt((2 * k + 1) / (2 * k));
  column[0] = diagonal;
  for (let n = m; n < last; n++) {
    const below = n === m ? 0 : recurrenceFactor(n, m) * column[n - m - 1]!;
    column[n - m + 1] = (mu * column[n - m]! - below) / recurrenceFactor(n + 1, m);
  }
  return column;
}
