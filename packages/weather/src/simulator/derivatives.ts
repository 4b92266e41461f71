/*
 * Between coefficients up to a truncation and those of one degree more that `GridTransform` takes.
 *
 * On the way to the grid derivatives are taken here, where they are exact: along longitude each coefficient is multiplied by
 * i m, and in latitude  cos(latitude) dP(n)/dlatitude = (n + 1) e(n) P(n - 1) - n e(n + 1) P(n + 1).
 */
import { recurrenceFactor } from "./legendre.js";
import type { SpectralSpace } from "./spectral-space.js";

/** Positions and factors for one truncation. */
export interface Derivatives {
  readonly orders: Uint16Array;
  /** Where each coefficient is among the extended ones. */
  readonly positions: Int32Array;
  /** (n + 1) e(n), 0 for n = m: what a harmonic's slope holds of the degree below. */
  readonly below: Float64Array;
  /** -n e(n + 1): and of the degree above. */
  readonly above: Float64Array;
}

/** @param offsets where the extended coefficients of each order begin */
export function derivatives({ degrees, orders }: SpectralSpace, offsets: Int32Array): Derivatives {
  return {
    orders,
    positions: Int32Array.from(degrees, (n, i) => offsets[orders[i]!]! + n - orders[i]!),
    below: Float64Array.from(degrees, (n, i) => (n + 1) * recurrenceFactor(n, orders[i]!)),
    above: Float64Array.from(degrees, (n, i) => -n * recurrenceFactor(n + 1, orders[i]!)),
  };
}

/** The same field. */
export function extend({ positions }: Derivatives, coefficients: Float64Array, out: Float64Array): void {
  out.fill(0);
  for (let i = 0; i < positions.length; i++) {
    const at = 2 * positions[i]!;
    out[at] = coefficients[2 * i]!;
    out[at + 1] = coefficients[2 * i + 1]!;
  }
}

/** The same field without its last degree. */
export function truncate({ positions }: Derivatives, extended: Float64Array, out: Float64Array): void {
  for (let i = 0; i < positions.length; i++) {
    const at = 2 * positions[i]!;
    out[2 * i] = extended[at]!;
    out[2 * i + 1] = extended[at + 1]!;
  }
}

/** The derivative along longitude. */
export function eastward({ positions, orders }: Derivatives, coefficients: Float64Array, out: Float64Array): void {
  out.fill(0);
  for (let i = 0; i < positions.length; i++) {
    const at = 2 * positions[i]!;
    out[at] = -orders[i]! * coefficients[2 * i + 1]!;
    out[at + 1] = orders[i]! * coefficients[2 * i]!;
  }
}

/** cos(latitude) times the derivative in latitude. */
export function northward(tables: Derivatives, coefficients: Float64Array, out: Float64Array): void {
  const { positions, below, above } = tables;
  out.fill(0);
  for (let i = 0; i < positions.length; i++) {
    const at = 2 * positions[i]!;
    const real = coefficients[2 * i]!;
    const imaginary = coefficients[2 * i + 1]!;
    out[at + 2] = out[at + 2]! + above[i]! * real;
    out[at + 3] = out[at + 3]! + above[i]! * imaginary;
    if (below[i] === 0) continue;
    out[at - 2] = out[at - 2]! + below[i]! * real;
    out[at - 1] = out[at - 1]! + below[i]! * imaginary;
  }
}

/**
 * (du/dlongitude + sign * d(v cos(latitude))/dlatitude) / cos(latitude), from the extended coefficients of u and v, each
 * divided by cos(latitude). Integrated by parts: the derivative in latitude falls on the harmonics, with the other sign.
 */
export function windDerivative(tables: Derivatives, u: Float64Array, v: Float64Array, sign: 1 | -1): Float64Array {
  const { positions, orders, below, above } = tables;
  return Float64Array.from({ length: 2 * positions.length }, (_, part) => {
    const i = part >> 1;
    const at = 2 * positions[i]! + (part % 2);
    const along = part % 2 === 0 ? -orders[i]! * u[at + 1]! : orders[i]! * u[at - 1]!;
    const slope = (below[i] === 0 ? 0 : below[i]! * v[at - 2]!) + above[i]! * v[at + 2]!;
    return along - sign * slope;
  });
}
