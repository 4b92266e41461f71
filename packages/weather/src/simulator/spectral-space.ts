import { orderOffset } from "./legendre.js";
import { refused, requireLength } from "./refused.js";

/**
 * Fields on the unit sphere as coefficients of spherical harmonics up to a total wavenumber, and what can be done with them
 * without a grid.
 *
 * A field is f = sum over n of c(n, 0) P(n, 0) + 2 Re sum over m > 0 and n of c(n, m) P(n, m) exp(i m longitude), with
 * 0 <= m <= n <= truncation and P of mean square 1 over the sphere. Coefficients are arrays [m, n][real, imaginary]: all n of
 * m = 0 first, whose imaginary parts are 0. Functions take the array to write as a last argument and return it, or make one;
 * it may be the one they read.
 */
export interface SpectralSpace {
  readonly truncation: number;
  /** How many complex coefficients: (truncation + 1)(truncation + 2) / 2. */
  readonly count: number;
  /** Total wavenumber n of each coefficient. */
  readonly degrees: Uint16Array;
  /** Zonal wavenumber m of each coefficient. */
  readonly orders: Uint16Array;
  /** Position of the coefficient (n, m); its real part is at twice that. */
  readonly index: (n: number, m: number) => number;
  /** Coefficients of the derivative along longitude. */
  readonly alongLongitude: (coefficients: Float64Array, out?: Float64Array) => Float64Array;
  /** Coefficients of the Laplacian: times -n(n + 1). */
  readonly laplacian: (coefficients: Float64Array, out?: Float64Array) => Float64Array;
  /** The field without a mean whose Laplacian is given; the mean of that is ignored. */
  readonly inverseLaplacian: (coefficients: Float64Array, out?: Float64Array) => Float64Array;
  /** Mean over the sphere of the product of two fields (Parseval). */
  readonly innerProduct: (a: Float64Array, b: Float64Array) => number;
  /** Mean square of a field by total wavenumber n = 0..truncation (Parseval); the sum is the mean square. */
  readonly powerSpectrum: (coefficients: Float64Array) => Float64Array;
}

/** The coefficients of one truncation. */
export function spectralSpace(truncation: number): SpectralSpace {
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
  const require = (name: string, coefficients: Float64Array): void => {
    requireLength(name, "coefficients", coefficients, 2 * count);
  };

  /** `factor` of its total wavenumber times each coefficient. */
  const scaled =
    (name: string, factor: (n: number) => number): SpectralSpace["laplacian"] =>
    (coefficients, out = new Float64Array(2 * count)) => {
      require(name, coefficients);
      require(name, out);
      degrees.forEach((n, i) => {
        out[2 * i] = factor(n) * coefficients[2 * i]!;
        out[2 * i + 1] = factor(n) * coefficients[2 * i + 1]!;
      });
      return out;
    };

  return {
    truncation,
    count,
    degrees,
    orders,
    index: (n, m) => {
      const valid = Number.isInteger(n) && Number.isInteger(m) && m >= 0 && m <= n && n <= truncation;
      if (!valid) throw refused("index", `integers 0 <= m <= n <= ${truncation}`, `n = ${n}, m = ${m}`);
      return orderOffset(m, truncation) + n - m;
    },
    alongLongitude: (coefficients, out = new Float64Array(2 * count)) => {
      require("alongLongitude", coefficients);
      require("alongLongitude", out);
      orders.forEach((m, i) => {
        const real = coefficients[2 * i]!;
        out[2 * i] = -m * coefficients[2 * i + 1]!;
        out[2 * i + 1] = m * real;
      });
      return out;
    },
    laplacian: scaled("laplacian", (n) => -n * (n + 1)),
    inverseLaplacian: scaled("inverseLaplacian", (n) => (n === 0 ? 0 : -1 / (n * (n + 1)))),
    innerProduct: (a, b) => {
      require("innerProduct", a);
      require("innerProduct", b);
      let sum = 0;
      for (let i = 0; i < count; i++) {
        sum += (orders[i] === 0 ? 1 : 2) * (a[2 * i]! * b[2 * i]! + a[2 * i + 1]! * b[2 * i + 1]!);
      }
      return sum;
    },
    powerSpectrum: (coefficients) => {
      require("powerSpectrum", coefficients);
      const power = new Float64Array(truncation + 1);
      degrees.forEach((n, i) => {
        const square = coefficients[2 * i]! ** 2 + coefficients[2 * i + 1]! ** 2;
        power[n] = power[n]! + (orders[i] === 0 ? 1 : 2) * square;
      });
      return power;
    },
  };
}
