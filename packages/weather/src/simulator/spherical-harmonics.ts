import type { Grid } from "../grid/grid.js";
import { fourierRows } from "./fourier.js";
import { legendreTables, orderOffset } from "./legendre.js";
import { quadratureOf } from "./quadrature.js";
import { refused, requireLength } from "./refused.js";

/**
 * Triangular truncation of fields on the sphere.
 *
 * A field is f = sum over n of c(n, 0) P(n, 0) + 2 Re sum over m > 0 and n of c(n, m) P(n, m) exp(i m longitude), with
 * 0 <= m <= n <= truncation and P of mean square 1 over the sphere. Coefficients are arrays [m, n][real, imaginary]: all n of
 * m = 0 first. Fields are arrays [latitude][longitude], south to north.
 *
 * All functions take the array to write as a last argument and return it, or make one. They share scratch: calls do not
 * overlap because none waits for anything.
 */
export interface SphericalHarmonics {
  readonly grid: Grid;
  readonly truncation: number;
  /** How many complex coefficients: (truncation + 1)(truncation + 2) / 2. */
  readonly count: number;
  /** Total wavenumber n of each coefficient. */
  readonly degrees: Uint16Array;
  /** Zonal wavenumber m of each coefficient. */
  readonly orders: Uint16Array;
  /** Sine of each latitude. */
  readonly sines: Float64Array;
  /** Position of the coefficient (n, m); its real part is at twice that. */
  readonly index: (n: number, m: number) => number;
  /** Coefficients of a field: the projection, by a quadrature that is exact for a field within the truncation. */
  readonly analyse: (field: Float64Array, out?: Float64Array) => Float64Array;
  /** The field of some coefficients. */
  readonly synthesise: (coefficients: Float64Array, out?: Float64Array) => Float64Array;
  /**
   * Derivatives of the field of some coefficients: along longitude, and cos(latitude) times the one in latitude, both on
   * the unit sphere.
   */
  readonly gradient: (coefficients: Float64Array, eastward?: Float64Array, northward?: Float64Array) => Gradient;
  /**
   * Curl and divergence of a wind on the unit sphere, as coefficients: divide by the radius.
   *
   * @throws NextscaleError `invalid-argument` on a grid whose rows include the poles, where a wind has no direction
   */
  readonly curlAndDivergence: (u: Float64Array, v: Float64Array) => CurlAndDivergence;
  /** Coefficients of the derivative along longitude. */
  readonly alongLongitude: (coefficients: Float64Array, out?: Float64Array) => Float64Array;
  /** Coefficients of the Laplacian on the unit sphere: times -n(n + 1). */
  readonly laplacian: (coefficients: Float64Array, out?: Float64Array) => Float64Array;
  /** The field without a mean whose Laplacian on the unit sphere is given; the mean of that is ignored. */
  readonly inverseLaplacian: (coefficients: Float64Array, out?: Float64Array) => Float64Array;
  /** Mean over the sphere of the product of two fields (Parseval). */
  readonly innerProduct: (a: Float64Array, b: Float64Array) => number;
  /** Mean square of a field by total wavenumber n = 0..truncation (Parseval); the sum is the mean square. */
  readonly powerSpectrum: (coefficients: Float64Array) => Float64Array;
}

/** Derivatives on the unit sphere, fields [latitude][longitude]. */
export interface Gradient {
  /** Derivative along longitude. */
  readonly eastward: Float64Array;
  /** cos(latitude) times the derivative in latitude. */
  readonly northward: Float64Array;
}

/** Coefficients on the unit sphere. */
export interface CurlAndDivergence {
  readonly curl: Float64Array;
  readonly divergence: Float64Array;
}

/**
 * Transforms between a global grid and coefficients up to a total wavenumber.
 *
 * @throws NextscaleError `invalid-argument` for a regional grid, longitudes whose number 4 does not divide, or a truncation
 *   that the grid does not resolve: 2 * truncation must stay below the number of longitudes, and within the degree that the
 *   quadrature on the latitudes integrates exactly (2 * rows - 1 on a Gaussian grid, rows - 1 on others)
 */
export function sphericalHarmonics(grid: Grid, truncation: number): SphericalHarmonics {
  const { nodes: sines, weights, degree } = quadratureOf(grid);
  const rows = sines.length;
  const columns = grid.longitudes.length;
  requireResolved(truncation, columns, degree);
  const count = orderOffset(truncation + 1, truncation);
  const degrees = new Uint16Array(count);
  const orders = new Uint16Array(count);
  for (let m = 0; m <= truncation; m++) {
    for (let n = m; n <= truncation; n++) {
      const at = orderOffset(m, truncation) + n - m;
      degrees[at] = n;
      orders[at] = m;
    }
  }
  // Rows come in pairs north and south of the equator; only the northern half has tables.
  const pairs = Math.ceil(rows / 2);
  const northern = Float64Array.from({ length: pairs }, (_, k) => Math.abs(sines[rows - 1 - k]!));
  const { values, slopes } = legendreTables(northern, truncation);
  // A row on the equator is both of its pair.
  const pairWeights = northern.map((_, k) => weights[rows - 1 - k]! / (k === rows - 1 - k ? 2 : 1));
  const fourier = fourierRows(columns, truncation);
  const width = 2 * (truncation + 1);
  const series = new Float64Array(rows * width);
  const otherSeries = new Float64Array(rows * width);

  const toRows = (source: Float64Array, field: Float64Array): void => {
    for (let k = 0; k < pairs; k++) {
      const north = rows - 1 - k;
      fourier.synthesise(source, k * width, north * width, field, k * columns, north * columns);
    }
  };
  const fromRows = (field: Float64Array, target: Float64Array): void => {
    for (let k = 0; k < pairs; k++) {
      const north = rows - 1 - k;
      fourier.analyse(field, k * columns, north * columns, target, k * width, north * width);
    }
  };

  const synthesise: SphericalHarmonics["synthesise"] = (coefficients, out = new Float64Array(rows * columns)) => {
    requireLength("synthesise", "coefficients", coefficients, 2 * count);
    requireLength("synthesise", "a field", out, rows * columns);
    for (let m = 0; m <= truncation; m++) {
      const length = truncation - m + 1;
      for (let k = 0; k < pairs; k++) {
        let c = 2 * orderOffset(m, truncation);
        const start = pairs * orderOffset(m, truncation) + k * length;
        let [evenReal, evenImaginary, oddReal, oddImaginary] = [0, 0, 0, 0];
        for (let i = start; i < start + length; i += 2, c += 4) {
          evenReal += values[i]! * coefficients[c]!;
          evenImaginary += values[i]! * coefficients[c + 1]!;
          if (i + 1 === start + length) break;
          oddReal += values[i + 1]! * coefficients[c + 2]!;
          oddImaginary += values[i + 1]! * coefficients[c + 3]!;
        }
        const south = k * width + 2 * m;
        const north = (rows - 1 - k) * width + 2 * m;
        series[south] = evenReal - oddReal;
        series[south + 1] = evenImaginary - oddImaginary;
        series[north] = evenReal + oddReal;
        series[north + 1] = evenImaginary + oddImaginary;
      }
    }
    toRows(series, out);
    return out;
  };

  const gradient: SphericalHarmonics["gradient"] = (
    coefficients,
    eastward = new Float64Array(rows * columns),
    northward = new Float64Array(rows * columns),
  ) => {
    requireLength("gradient", "coefficients", coefficients, 2 * count);
    requireLength("gradient", "a field", eastward, rows * columns);
    requireLength("gradient", "a field", northward, rows * columns);
    for (let m = 0; m <= truncation; m++) {
      const length = truncation - m + 1;
      for (let k = 0; k < pairs; k++) {
        let c = 2 * orderOffset(m, truncation);
        const start = pairs * orderOffset(m, truncation) + k * length;
        let [evenReal, evenImaginary, oddReal, oddImaginary] = [0, 0, 0, 0];
        let [evenSlope, evenSlopeImaginary, oddSlope, oddSlopeImaginary] = [0, 0, 0, 0];
        for (let i = start; i < start + length; i += 2, c += 4) {
          const real = coefficients[c]!;
          const imaginary = coefficients[c + 1]!;
          evenReal += values[i]! * real;
          evenImaginary += values[i]! * imaginary;
          evenSlope += slopes[i]! * real;
          evenSlopeImaginary += slopes[i]! * imaginary;
          if (i + 1 === start + length) break;
          const nextReal = coefficients[c + 2]!;
          const nextImaginary = coefficients[c + 3]!;
          oddReal += values[i + 1]! * nextReal;
          oddImaginary += values[i + 1]! * nextImaginary;
          oddSlope += slopes[i + 1]! * nextReal;
          oddSlopeImaginary += slopes[i + 1]! * nextImaginary;
        }
        const south = k * width + 2 * m;
        const north = (rows - 1 - k) * width + 2 * m;
        series[south] = -m * (evenImaginary - oddImaginary);
        series[south + 1] = m * (evenReal - oddReal);
        series[north] = -m * (evenImaginary + oddImaginary);
        series[north + 1] = m * (evenReal + oddReal);
        // The slope of an even function is odd.
        otherSeries[south] = oddSlope - evenSlope;
        otherSeries[south + 1] = oddSlopeImaginary - evenSlopeImaginary;
        otherSeries[north] = oddSlope + evenSlope;
        otherSeries[north + 1] = oddSlopeImaginary + evenSlopeImaginary;
      }
    }
    toRows(series, eastward);
    toRows(otherSeries, northward);
    return { eastward, northward };
  };

  /** Adds `sign` times the projection of a series on a table; `flip` for slopes, whose parity is the other. */
  const project = (
    source: Float64Array,
    table: Float64Array,
    flip: number,
    scale: (m: number, k: number) => number,
    out: Float64Array,
  ): void => {
    for (let m = 0; m <= truncation; m++) {
      const length = truncation - m + 1;
      for (let k = 0; k < pairs; k++) {
        const south = k * width + 2 * m;
        const north = (rows - 1 - k) * width + 2 * m;
        const weight = pairWeights[k]! * scale(m, k);
        const real = weight * source[north]!;
        const imaginary = weight * source[north + 1]!;
        const mirrored = flip * weight * source[south]!;
        const mirroredImaginary = flip * weight * source[south + 1]!;
        const evenReal = real + mirrored;
        const evenImaginary = imaginary + mirroredImaginary;
        const oddReal = real - mirrored;
        const oddImaginary = imaginary - mirroredImaginary;
        let c = 2 * orderOffset(m, truncation);
        const start = pairs * orderOffset(m, truncation) + k * length;
        for (let i = start; i < start + length; i += 2, c += 4) {
          out[c] = out[c]! + table[i]! * evenReal;
          out[c + 1] = out[c + 1]! + table[i]! * evenImaginary;
          if (i + 1 === start + length) break;
          out[c + 2] = out[c + 2]! + table[i + 1]! * oddReal;
          out[c + 3] = out[c + 3]! + table[i + 1]! * oddImaginary;
        }
      }
    }
  };

  const unscaled = (): number => 1;
  const analyse: SphericalHarmonics["analyse"] = (field, out = new Float64Array(2 * count)) => {
    requireLength("analyse", "a field", field, rows * columns);
    requireLength("analyse", "coefficients", out, 2 * count);
    fromRows(field, series);
    out.fill(0);
    project(series, values, 1, unscaled, out);
    return out;
  };

  const curlAndDivergence: SphericalHarmonics["curlAndDivergence"] = (u, v) => {
    requireLength("curlAndDivergence", "a wind", u, rows * columns);
    requireLength("curlAndDivergence", "a wind", v, rows * columns);
    if (northern[0]! > 1 - 1e-12) throw refused("curlAndDivergence", "a grid without rows at the poles", grid.kind);
    const perCosine = (m: number, k: number): number => 1 / Math.sqrt(1 - northern[k]! ** 2);
    const perCosineAlong = (m: number, k: number): number => m * perCosine(m, k);
    const minusPerCosine = (m: number, k: number): number => -perCosine(m, k);
    const curl = new Float64Array(2 * count);
    const divergence = new Float64Array(2 * count);
    fromRows(u, series);
    fromRows(v, otherSeries);
    // Integrated by parts: the derivatives fall on the harmonics.
    project(series, slopes, -1, perCosine, curl);
    project(otherSeries, slopes, -1, minusPerCosine, divergence);
    timesI(series);
    timesI(otherSeries);
    project(otherSeries, values, 1, perCosineAlong, curl);
    project(series, values, 1, perCosineAlong, divergence);
    return { curl, divergence };
  };

  /** out = factor(coefficient) * coefficients. */
  const scaled = (
    name: string,
    coefficients: Float64Array,
    out: Float64Array,
    factor: (n: number) => number,
  ): Float64Array => {
    requireLength(name, "coefficients", coefficients, 2 * count);
    requireLength(name, "coefficients", out, 2 * count);
    degrees.forEach((n, i) => {
      const by = factor(n);
      out[2 * i] = by * coefficients[2 * i]!;
      out[2 * i + 1] = by * coefficients[2 * i + 1]!;
    });
    return out;
  };

  return {
    grid,
    truncation,
    count,
    degrees,
    orders,
    sines,
    index: (n, m) => {
      const valid = Number.isInteger(n) && Number.isInteger(m) && m >= 0 && m <= n && n <= truncation;
      if (!valid) throw refused("index", `integers 0 <= m <= n <= ${truncation}`, `n = ${n}, m = ${m}`);
      return orderOffset(m, truncation) + n - m;
    },
    analyse,
    synthesise,
    gradient,
    curlAndDivergence,
    alongLongitude: (coefficients, out = new Float64Array(2 * count)) => {
      requireLength("alongLongitude", "coefficients", coefficients, 2 * count);
      requireLength("alongLongitude", "coefficients", out, 2 * count);
      orders.forEach((m, i) => {
        const real = coefficients[2 * i]!;
        out[2 * i] = -m * coefficients[2 * i + 1]!;
        out[2 * i + 1] = m * real;
      });
      return out;
    },
    laplacian: (coefficients, out = new Float64Array(2 * count)) =>
      scaled("laplacian", coefficients, out, (n) => -n * (n + 1)),
    inverseLaplacian: (coefficients, out = new Float64Array(2 * count)) =>
      scaled("inverseLaplacian", coefficients, out, (n) => (n === 0 ? 0 : -1 / (n * (n + 1)))),
    innerProduct: (a, b) => {
      requireLength("innerProduct", "coefficients", a, 2 * count);
      requireLength("innerProduct", "coefficients", b, 2 * count);
      let sum = 0;
      for (let i = 0; i < count; i++) {
        sum += (orders[i] === 0 ? 1 : 2) * (a[2 * i]! * b[2 * i]! + a[2 * i + 1]! * b[2 * i + 1]!);
      }
      return sum;
    },
    powerSpectrum: (coefficients) => {
      requireLength("powerSpectrum", "coefficients", coefficients, 2 * count);
      const power = new Float64Array(truncation + 1);
      degrees.forEach((n, i) => {
        const square = coefficients[2 * i]! ** 2 + coefficients[2 * i + 1]! ** 2;
        power[n] = power[n]! + (orders[i] === 0 ? 1 : 2) * square;
      });
      return power;
    },
  };
}

/** Multiplies pairs [real, imaginary] by i, in place. */
function timesI(pairs: Float64Array): void {
  for (let i = 0; i < pairs.length; i += 2) {
    const real = pairs[i]!;
    pairs[i] = -pairs[i + 1]!;
    pairs[i + 1] = real;
  }
}

function requireResolved(truncation: number, columns: number, degree: number): void {
  const where = "sphericalHarmonics";
  if (columns % 4 !== 0) throw refused(where, "a number of longitudes that 4 divides", `${columns}`);
  const most = Math.min(columns / 2 - 1, Math.floor(degree / 2));
  if (!(Number.isInteger(truncation) && truncation >= 1 && truncation <= most)) {
    throw refused(where, `an integer truncation from 1 to ${most} on this grid`, `${truncation}`);
  }
}
