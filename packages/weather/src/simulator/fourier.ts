/*
 * Fourier series along a circle of latitude, by tables.
 *
 * A quarter of the circle is enough: cos and sin of m x at -x, pi - x and pi + x differ from those at x by signs that
 * depend only on whether m is odd. With few waves (22 on 64 points) this costs what a fast Fourier transform costs, and
 * it takes any number of points that 4 divides. Rows go two at a time, so that each table entry is read once for both.
 */

/** Series with the waves 0..`waves` on `points` equally spaced points. */
export interface FourierRows {
  /**
   * Sums two series f = a(0) + 2 sum over m > 0 of a(m) cos(m x) - b(m) sin(m x).
   *
   * @param series pairs a, b; two runs of `waves + 1` pairs from `first` and from `second`
   * @param out two runs of `points` numbers from `firstOut` and from `secondOut`
   */
  readonly synthesise: (
    series: Float64Array,
    first: number,
    second: number,
    out: Float64Array,
    firstOut: number,
    secondOut: number,
  ) => void;
  /** The inverse: pairs a(m) + i b(m) = mean of f exp(-i m x), of two rows of points. */
  readonly analyse: (
    field: Float64Array,
    first: number,
    second: number,
    series: Float64Array,
    firstSeries: number,
    secondSeries: number,
  ) => void;
}

/** Tables and scratch for one size; `points` is a multiple of 4 above twice `waves`. */
export function fourierRows(points: number, waves: number): FourierRows {
  const quarter = points / 4;
  // An even count of waves, the last perhaps of amplitude 0, spares the loops a remainder.
  const padded = waves + 1 + ((waves + 1) % 2);
  const toCosine = new Float64Array((quarter + 1) * padded);
  const toSine = new Float64Array((quarter + 1) * padded);
  const fromCosine = new Float64Array((waves + 1) * (quarter + 1));
  const fromSine = new Float64Array((waves + 1) * (quarter + 1));
  for (let j = 0; j <= quarter; j++) {
    // The ends of the quarter are their own mirror images.
    const share = (j === 0 || j === quarter ? 0.5 : 1) / points;
    for (let m = 0; m <= waves; m++) {
      // Reduced first: sin(2 pi k) for a large k is less exact.
      const angle = (2 * Math.PI * ((j * m) % points)) / points;
      toCosine[j * padded + m] = (m === 0 ? 1 : 2) * Math.cos(angle);
      toSine[j * padded + m] = -2 * Math.sin(angle);
      fromCosine[m * (quarter + 1) + j] = share * Math.cos(angle);
      fromSine[m * (quarter + 1) + j] = -share * Math.sin(angle);
    }
  }
  const rows = new Float64Array(4 * padded);
  const folds = new Float64Array(8 * (quarter + 1));

  const synthesise: FourierRows["synthesise"] = (series, first, second, out, firstOut, secondOut) => {
    const [b1, a2, b2] = [padded, 2 * padded, 3 * padded];
    for (let m = 0; m <= waves; m++) {
      rows[m] = series[first + 2 * m]!;
      rows[b1 + m] = series[first + 2 * m + 1]!;
      rows[a2 + m] = series[second + 2 * m]!;
      rows[b2 + m] = series[second + 2 * m + 1]!;
    }
    const half = points / 2;
    for (let j = 0; j <= quarter; j++) {
      let [ce1, co1, se1, so1] = [0, 0, 0, 0];
      let [ce2, co2, se2, so2] = [0, 0, 0, 0];
      const at = j * padded;
      for (let m = 0; m < padded; m += 2) {
        const ce = toCosine[at + m]!;
        const se = toSine[at + m]!;
        const co = toCosine[at + m + 1]!;
        const so = toSine[at + m + 1]!;
        ce1 += ce * rows[m]!;
        se1 += se * rows[b1 + m]!;
        co1 += co * rows[m + 1]!;
        so1 += so * rows[b1 + m + 1]!;
        ce2 += ce * rows[a2 + m]!;
        se2 += se * rows[b2 + m]!;
        co2 += co * rows[a2 + m + 1]!;
        so2 += so * rows[b2 + m + 1]!;
      }
      const opposite = j === 0 ? 0 : points - j;
      out[firstOut + j] = ce1 + co1 + se1 + so1;
      out[firstOut + half - j] = ce1 - co1 - se1 + so1;
      out[firstOut + opposite] = ce1 + co1 - se1 - so1;
      out[firstOut + half + j] = ce1 - co1 + se1 - so1;
      out[secondOut + j] = ce2 + co2 + se2 + so2;
      out[secondOut + half - j] = ce2 - co2 - se2 + so2;
      out[secondOut + opposite] = ce2 + co2 - se2 - so2;
      out[secondOut + half + j] = ce2 - co2 + se2 - so2;
    }
  };

  const fold = (field: Float64Array, row: number, at: number): void => {
    const width = quarter + 1;
    for (let j = 0; j <= quarter; j++) {
      const a = field[row + j]!;
      const b = field[row + points / 2 - j]!;
      const c = field[row + (j === 0 ? 0 : points - j)]!;
      const d = field[row + points / 2 + j]!;
      folds[at + j] = a + b + c + d;
      folds[at + width + j] = a - b - c + d;
      folds[at + 2 * width + j] = a - b + c - d;
      folds[at + 3 * width + j] = a + b - c - d;
    }
  };

  const analyse: FourierRows["analyse"] = (field, first, second, series, firstSeries, secondSeries) => {
    const width = quarter + 1;
    fold(field, first, 0);
    fold(field, second, 4 * width);
    for (let m = 0; m <= waves; m++) {
      const even1 = (m % 2) * 2 * width;
      const [sine1, even2, sine2] = [even1 + width, even1 + 4 * width, even1 + 5 * width];
      const at = m * width;
      let [a1, b1, a2, b2] = [0, 0, 0, 0];
      for (let j = 0; j <= quarter; j++) {
        const cosine = fromCosine[at + j]!;
        const sine = fromSine[at + j]!;
        a1 += cosine * folds[even1 + j]!;
        b1 += sine * folds[sine1 + j]!;
        a2 += cosine * folds[even2 + j]!;
        b2 += sine * folds[sine2 + j]!;
      }
      series[firstSeries + 2 * m] = a1;
      series[firstSeries + 2 * m + 1] = b1;
      series[secondSeries + 2 * m] = a2;
      series[secondSeries + 2 * m + 1] = b2;
    }
  };

  return { synthesise, analyse };
}
