/*
 * The two sums of a spherical harmonic transform, over n and over m, and back.
 *
 * Fields are complex here, [longitude][row pair]: the real part is a row of the southern hemisphere, the imaginary part its
 * mirror image in the north. So one complex Fourier transform serves two rows, and since P(n, m) is even or odd in latitude
 * with n - m, one sum over half of the latitudes serves both hemispheres.
 *
 * Coefficients hold one degree more than the truncation, n = m..truncation + 1, because a derivative in latitude raises the
 * degree by 1. Each order has an even count of them, the last perhaps not used.
 *
 * These are functions of their tables, not closures over them: V8 compiles a closure well only while there is one of it.
 */
import { complexArray, fourierPlan, sumWaves, type ComplexArray, type FourierPlan } from "./fourier.js";
import { legendreFunctions } from "./legendre.js";
import type { Quadrature } from "./quadrature.js";

/** Tables for one grid and truncation. */
export interface GridTransform {
  readonly truncation: number;
  readonly rows: number;
  readonly columns: number;
  /** Half the rows, up; a row on the equator is both of its pair. */
  readonly pairs: number;
  /** cos(latitude) of each pair. */
  readonly cosines: Float64Array;
  /** Where the coefficients of each order begin; the last entry is their count. */
  readonly offsets: Int32Array;
  /** P(n, m), [order][pair][degree]. */
  readonly functions: Float64Array;
  /** P(n, m) times the weight of one point, [order][degree][pair]. */
  readonly weighted: Float64Array;
  readonly fourier: FourierPlan;
  /** Series of a field to be; waves beyond the truncation stay 0. */
  readonly series: ComplexArray;
  /** Series of a field that was. */
  readonly sums: ComplexArray;
  /** Sums and differences of the two rows of each pair, at one order. */
  readonly folded: Float64Array;
}

/** Tables for a quadrature in latitude and some longitudes. */
export function gridTransform({ nodes, weights }: Quadrature, columns: number, truncation: number): GridTransform {
  const rows = nodes.length;
  const pairs = Math.ceil(rows / 2);
  const sines = Float64Array.from({ length: pairs }, (_, k) => nodes[rows - 1 - k]!);
  const offsets = new Int32Array(truncation + 2);
  for (let m = 0; m <= truncation; m++) offsets[m + 1] = offsets[m]! + 2 * Math.ceil((truncation + 2 - m) / 2);
  const functions = new Float64Array(offsets[truncation + 1]! * pairs);
  const weighted = new Float64Array(functions.length);
  for (let m = 0; m <= truncation; m++) {
    const [start, length] = [offsets[m]! * pairs, offsets[m + 1]! - offsets[m]!];
    for (let k = 0; k < pairs; k++) {
      const row = rows - 1 - k;
      // The row on the equator would count twice; and the two rows come out of `sumsOverColumns` doubled.
      const weight = weights[row]! / (2 * columns * (row === k ? 2 : 1));
      legendreFunctions(sines[k]!, m, truncation + 1).forEach((value, i) => {
        functions[start + k * length + i] = value;
        weighted[start + i * pairs + k] = weight * value;
      });
    }
  }
  return {
    ...{ truncation, rows, columns, pairs, offsets, functions, weighted },
    cosines: sines.map((sine) => Math.sqrt(Math.max(0, 1 - sine ** 2))),
    fourier: fourierPlan(columns, pairs),
    series: complexArray(columns * pairs),
    sums: complexArray(columns * pairs),
    folded: new Float64Array(4 * pairs),
  };
}

/** Coefficients to a field: c(n, 0) P(n, 0) + 2 Re c(n, m) P(n, m) exp(i m longitude), summed; c(n, 0) is real. */
export function toGrid(transform: GridTransform, coefficients: Float64Array, field: ComplexArray): void {
  const { truncation, columns, pairs, offsets, functions, series, fourier } = transform;
  const { real, imaginary } = series;
  for (let m = 0; m <= truncation; m++) {
    const start = offsets[m]!;
    const length = offsets[m + 1]! - start;
    const wave = m * pairs;
    const conjugate = ((columns - m) % columns) * pairs;
    for (let k = 0; k < pairs; k++) {
      let evenReal = 0;
      let evenImaginary = 0;
      let oddReal = 0;
      let oddImaginary = 0;
      const first = start * pairs + k * length;
      for (let i = first, c = 2 * start; i < first + length; i += 2, c += 4) {
        evenReal += functions[i]! * coefficients[c]!;
        evenImaginary += functions[i]! * coefficients[c + 1]!;
        oddReal += functions[i + 1]! * coefficients[c + 2]!;
        oddImaginary += functions[i + 1]! * coefficients[c + 3]!;
      }
      if (m === 0) evenImaginary = oddImaginary = 0;
      const southReal = evenReal - oddReal;
      const southImaginary = evenImaginary - oddImaginary;
      const northReal = evenReal + oddReal;
      const northImaginary = evenImaginary + oddImaginary;
      // conj(south) + i conj(north), and south + i north; for m = 0 they are one.
      real[conjugate + k] = southReal + northImaginary;
      imaginary[conjugate + k] = northReal - southImaginary;
      real[wave + k] = southReal - northImaginary;
      imaginary[wave + k] = southImaginary + northReal;
    }
  }
  sumWaves(fourier, series, field);
}

/** The inverse: the projection of a field on each harmonic, by the quadrature. */
export function fromGrid(transform: GridTransform, field: ComplexArray, coefficients: Float64Array): void {
  const { truncation, pairs, offsets, weighted, folded } = transform;
  sumsOverColumns(transform, field);
  for (let m = 0; m <= truncation; m++) {
    foldHemispheres(transform, m);
    for (let n = offsets[m]!; n < offsets[m + 1]!; n += 2) {
      let evenReal = 0;
      let evenImaginary = 0;
      let oddReal = 0;
      let oddImaginary = 0;
      for (let k = 0, i = n * pairs; k < 4 * pairs; k += 4, i++) {
        evenReal += weighted[i]! * folded[k]!;
        evenImaginary += weighted[i]! * folded[k + 1]!;
        oddReal += weighted[i + pairs]! * folded[k + 2]!;
        oddImaginary += weighted[i + pairs]! * folded[k + 3]!;
      }
      coefficients[2 * n] = evenReal;
      coefficients[2 * n + 1] = evenImaginary;
      coefficients[2 * n + 2] = oddReal;
      coefficients[2 * n + 3] = oddImaginary;
    }
  }
}

/** Fourier sums of field exp(-i m longitude) into `sums`: the other sign, by swapping the two parts going in and out. */
function sumsOverColumns({ fourier, sums }: GridTransform, field: ComplexArray): void {
  sumWaves(fourier, { real: field.imaginary, imaginary: field.real }, { real: sums.imaginary, imaginary: sums.real });
}

/** Even and odd part in latitude, [pair][even, odd][real, imaginary], of twice the series of order m. */
function foldHemispheres({ columns, pairs, sums: { real, imaginary }, folded }: GridTransform, m: number): void {
  const wave = m * pairs;
  const conjugate = ((columns - m) % columns) * pairs;
  for (let k = 0; k < pairs; k++) {
    const southReal = real[wave + k]! + real[conjugate + k]!;
    const southImaginary = imaginary[wave + k]! - imaginary[conjugate + k]!;
    const northReal = imaginary[wave + k]! + imaginary[conjugate + k]!;
    const northImaginary = real[conjugate + k]! - real[wave + k]!;
    folded[4 * k] = northReal + southReal;
    folded[4 * k + 1] = northImaginary + southImaginary;
    folded[4 * k + 2] = northReal - southReal;
    folded[4 * k + 3] = northImaginary - southImaginary;
  }
}
