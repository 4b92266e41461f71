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

/** P(n, m) at the sine of one latitude for n = m..last. */
export function legendreFunctions(sine: number, m: number, last: number): Float64Array {
  const column = new Float64Array(last - m + 1);
  const cosine = Math.sqrt(Math.max(0, 1 - sine * sine));
  let diagonal = 1;
  for (let k = 1; k <= m; k++) diagonal *= cosine * Math.sqrt((2 * k + 1) / (2 * k));
  column[0] = diagonal;
  for (let n = m; n < last; n++) {
    const below = n === m ? 0 : recurrenceFactor(n, m) * column[n - m - 1]!;
    column[n - m + 1] = (sine * column[n - m]! - below) / recurrenceFactor(n + 1, m);
  }
  return column;
}
