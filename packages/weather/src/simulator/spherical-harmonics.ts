import type { Grid } from "../grid/grid.js";
import * as derive from "./derivatives.js";
import { complexArray, type ComplexArray } from "./fourier.js";
import { fromGrid, gridTransform, toGrid, type GridTransform } from "./grid-transform.js";
import { quadratureOf } from "./quadrature.js";
import { refused, requireLength } from "./refused.js";
import { spectralSpace, type SpectralSpace } from "./spectral-space.js";

/**
 * Triangular truncation of fields on the sphere, and transforms between its coefficients and a grid. Fields are arrays
 * [latitude][longitude], south to north.
 *
 * All functions take the array to write as a last argument and return it, or make one. They share scratch: calls do not
 * overlap because none waits for anything.
 */
export interface SphericalHarmonics extends SpectralSpace {
  readonly grid: Grid;
  /** Sine of each latitude. */
  readonly sines: Float64Array;
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
  /**
   * Coefficients of the Jacobian (a_longitude b_latitude - a_latitude b_longitude) / cos(latitude) on the unit sphere, by
   * products on the grid. They are free of aliasing where three times the truncation is below the number of longitudes and
   * within the degree of the quadrature.
   *
   * @throws NextscaleError `invalid-argument` on a grid whose rows include the poles
   */
  readonly jacobian: (a: Float64Array, b: Float64Array, out?: Float64Array) => Float64Array;
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
 * @throws NextscaleError `invalid-argument` for a regional grid, or a truncation that the grid does not resolve:
 *   2 * truncation must stay below the number of longitudes, and within the degree that the quadrature on the latitudes
 *   integrates exactly (2 * rows - 1 on a Gaussian grid, rows - 1 on others)
 */
export function sphericalHarmonics(grid: Grid, truncation: number): SphericalHarmonics {
  const quadrature = quadratureOf(grid);
  const columns = grid.longitudes.length;
  requireResolved(truncation, columns, quadrature.degree);
  const space = spectralSpace(truncation);
  const transform = gridTransform(quadrature, columns, truncation);
  const tables = derive.derivatives(space, transform.offsets);
  const size = 2 * space.count;
  const points = transform.rows * columns;
  const perCosine = transform.cosines.map((cosine) => 1 / cosine);
  const perSquaredCosine = perCosine.map((factor) => factor ** 2);
  const extended = new Float64Array(2 * transform.offsets[truncation + 1]!);
  const work = Array.from({ length: 4 }, () => complexArray(transform.pairs * columns));
  const [aEast, aNorth, bEast, bNorth] = work as [ComplexArray, ComplexArray, ComplexArray, ComplexArray];

  const eastwardTo = (coefficients: Float64Array, field: ComplexArray): void => {
    derive.eastward(tables, coefficients, extended);
    toGrid(transform, extended, field);
  };
  const northwardTo = (coefficients: Float64Array, field: ComplexArray): void => {
    derive.northward(tables, coefficients, extended);
    toGrid(transform, extended, field);
  };
  const requireNoPoles = (name: string): void => {
    if (transform.cosines[0]! > 1e-6) return;
    throw refused(name, "a grid without rows at the poles", grid.kind);
  };

  const synthesise: SphericalHarmonics["synthesise"] = (coefficients, out = new Float64Array(points)) => {
    requireLength("synthesise", "coefficients", coefficients, size);
    requireLength("synthesise", "a field", out, points);
    derive.extend(tables, coefficients, extended);
    toGrid(transform, extended, aEast);
    return rowsOf(transform, aEast, out);
  };

  const analyse: SphericalHarmonics["analyse"] = (field, out = new Float64Array(size)) => {
    requireLength("analyse", "a field", field, points);
    requireLength("analyse", "coefficients", out, size);
    pairRows(transform, field, aEast);
    fromGrid(transform, aEast, extended);
    derive.truncate(tables, extended, out);
    return out;
  };

  const gradient: SphericalHarmonics["gradient"] = (
    coefficients,
    eastward = new Float64Array(points),
    northward = new Float64Array(points),
  ) => {
    requireLength("gradient", "coefficients", coefficients, size);
    requireLength("gradient", "a field", eastward, points);
    requireLength("gradient", "a field", northward, points);
    eastwardTo(coefficients, aEast);
    northwardTo(coefficients, aNorth);
    return { eastward: rowsOf(transform, aEast, eastward), northward: rowsOf(transform, aNorth, northward) };
  };

  const curlAndDivergence: SphericalHarmonics["curlAndDivergence"] = (u, v) => {
    requireLength("curlAndDivergence", "a wind", u, points);
    requireLength("curlAndDivergence", "a wind", v, points);
    requireNoPoles("curlAndDivergence");
    const [uPerCosine, vPerCosine] = [u, v].map((wind) => {
      const coefficients = new Float64Array(extended.length);
      pairRows(transform, wind, aEast);
      scalePairs(aEast, perCosine);
      fromGrid(transform, aEast, coefficients);
      return coefficients;
    }) as [Float64Array, Float64Array];
    return {
      curl: derive.windDerivative(tables, vPerCosine, uPerCosine, -1),
      divergence: derive.windDerivative(tables, uPerCosine, vPerCosine, 1),
    };
  };

  const jacobian: SphericalHarmonics["jacobian"] = (a, b, out = new Float64Array(size)) => {
    requireLength("jacobian", "coefficients", a, size);
    requireLength("jacobian", "coefficients", b, size);
    requireLength("jacobian", "coefficients", out, size);
    requireNoPoles("jacobian");
    eastwardTo(a, aEast);
    northwardTo(a, aNorth);
    eastwardTo(b, bEast);
    northwardTo(b, bNorth);
    crossProduct(aEast.real, aNorth.real, bEast.real, bNorth.real);
    crossProduct(aEast.imaginary, aNorth.imaginary, bEast.imaginary, bNorth.imaginary);
    scalePairs(aEast, perSquaredCosine);
    fromGrid(transform, aEast, extended);
    derive.truncate(tables, extended, out);
    return out;
  };

  return { ...space, grid, sines: quadrature.nodes, analyse, synthesise, gradient, curlAndDivergence, jacobian };
}

/** a := a x b, in place. */
function crossProduct(aEast: Float64Array, aNorth: Float64Array, bEast: Float64Array, bNorth: Float64Array): void {
  for (let i = 0; i < aEast.length; i++) aEast[i] = aEast[i]! * bNorth[i]! - aNorth[i]! * bEast[i]!;
}

/** A factor for each pair of rows. */
function scalePairs({ real, imaginary }: ComplexArray, factors: Float64Array): void {
  for (let i = 0; i < real.length;) {
    for (let k = 0; k < factors.length; k++, i++) {
      real[i] = real[i]! * factors[k]!;
      imaginary[i] = imaginary[i]! * factors[k]!;
    }
  }
}

/** [longitude][row pair] of [latitude][longitude]. */
function pairRows({ rows, columns, pairs }: GridTransform, field: Float64Array, out: ComplexArray): void {
  for (let k = 0; k < pairs; k++) {
    for (let j = 0; j < columns; j++) {
      out.real[j * pairs + k] = field[k * columns + j]!;
      out.imaginary[j * pairs + k] = field[(rows - 1 - k) * columns + j]!;
    }
  }
}

/** The inverse of `pairRows`. */
function rowsOf({ rows, columns, pairs }: GridTransform, field: ComplexArray, out: Float64Array): Float64Array {
  for (let k = 0; k < pairs; k++) {
    for (let j = 0; j < columns; j++) {
      out[k * columns + j] = field.real[j * pairs + k]!;
      out[(rows - 1 - k) * columns + j] = field.imaginary[j * pairs + k]!;
    }
  }
  return out;
}

function requireResolved(truncation: number, columns: number, degree: number): void {
  const most = Math.min(Math.floor((columns - 1) / 2), Math.floor(degree / 2));
  if (Number.isInteger(truncation) && truncation >= 1 && truncation <= most) return;
  throw refused("sphericalHarmonics", `an integer truncation from 1 to ${most} on this grid`, `${truncation}`);
}
