import { recurrenceFactor } from "./legendre.js";
import { LEVELS, type QuasiGeostrophicModel } from "./quasi-geostrophic.js";
import { requireLength } from "./refused.js";
import type { SpectralSpace } from "./spectral-space.js";

/** What the simulator writes, in this order: geopotential at 500 hPa (m2/s2), temperatures at 350 and 650 hPa (K). */
export const SIMULATOR_CHANNELS = ["z500", "t350", "t650"] as const;

/** Gas constant of dry air, J/(kg K). */
const GAS_CONSTANT = 287.05;

/** Thickness in m2/s2 of a kelvin between 200 and 500, and between 500 and 800 hPa: R ln(p_below / p_above). */
const THICKNESS = [GAS_CONSTANT * Math.log(500 / 200), GAS_CONSTANT * Math.log(800 / 500)] as const;

/**
 * Means over the globe, which a quasi-geostrophic model does not have: 5560 m, and the US Standard Atmosphere's
 * temperatures at 350 and 650 hPa (8.1 and 3.6 km).
 */
const MEANS = [54_500, 235.4, 264.8] as const;

/**
 * Geopotential in linear balance with a stream function: laplacian Phi = div(f grad psi), solved exactly on the harmonics
 * (Lorenz 1960, Tellus 12). What would fall beyond the truncation is dropped. Near the equator quasi-geostrophy does not
 * hold; the variance there is small.
 *
 * @param streamFunction coefficients of one level, m2/s
 * @param rotation radians a second
 * @returns coefficients, m2/s2, without a mean
 */
export function balancedGeopotential(
  harmonics: SpectralSpace,
  streamFunction: Float64Array,
  rotation: number,
  out: Float64Array = new Float64Array(2 * harmonics.count),
): Float64Array {
  requireLength("balancedGeopotential", "coefficients", streamFunction, 2 * harmonics.count);
  requireLength("balancedGeopotential", "coefficients", out, 2 * harmonics.count);
  for (let i = 0; i < harmonics.count; i++) {
    const { below, above } = balanceFactors(harmonics, i);
    for (let part = 2 * i; part < 2 * i + 2; part++) {
      const fromBelow = below === 0 ? 0 : below * streamFunction[part - 2]!;
      const fromAbove = above === 0 ? 0 : above * streamFunction[part + 2]!;
      out[part] = rotation * (fromBelow + fromAbove);
    }
  }
  return out;
}

/** What a coefficient of the balanced geopotential takes of the stream function one degree below and above it, for rotation 1. */
export function balanceFactors(
  { degrees, orders, truncation }: SpectralSpace,
  i: number,
): { readonly below: number; readonly above: number } {
  const n = degrees[i]!;
  const m = orders[i]!;
  return {
    below: n > Math.max(m, 1) ? (2 * recurrenceFactor(n, m) * (n - 1)) / n : 0,
    above: n > 0 && n < truncation ? (2 * recurrenceFactor(n + 1, m) * (n + 2)) / (n + 1) : 0,
  };
}

/**
 * Fields of a state: `SIMULATOR_CHANNELS`, [channel][latitude][longitude], south to north.
 *
 * @throws NextscaleError `shape` for a state of another length
 */
export function outputFields(model: QuasiGeostrophicModel, state: Float64Array): Float32Array<ArrayBuffer> {
  const { harmonics, parameters } = model;
  const level = 2 * harmonics.count;
  const psi = model.streamFunction(state);
  const [top, middle, bottom] = Array.from({ length: LEVELS }, (_, i) => {
    return balancedGeopotential(harmonics, psi.subarray(i * level, (i + 1) * level), parameters.rotation);
  }) as [Float64Array, Float64Array, Float64Array];
  const channels = [
    middle,
    top.map((value, i) => (value - middle[i]!) / THICKNESS[0]),
    middle.map((value, i) => (value - bottom[i]!) / THICKNESS[1]),
  ];
  const points = harmonics.sines.length * harmonics.grid.longitudes.length;
  const fields = new Float32Array(channels.length * points);
  channels.forEach((coefficients, channel) => {
    coefficients[0] = MEANS[channel]!;
    fields.set(harmonics.synthesise(coefficients), channel * points);
  });
  return fields;
}

/** Winds in m/s, [level][latitude][longitude] at 200, 500 and 800 hPa. */
export interface Winds {
  readonly u: Float32Array;
  readonly v: Float32Array;
}

/**
 * Winds of a state: they follow the stream function, so they have no divergence.
 *
 * @throws NextscaleError `shape` for a state of another length
 */
export function outputWinds(model: QuasiGeostrophicModel, state: Float64Array): Winds {
  const { harmonics, parameters } = model;
  const level = 2 * harmonics.count;
  const columns = harmonics.grid.longitudes.length;
  const points = harmonics.sines.length * columns;
  const psi = model.streamFunction(state);
  const u = new Float32Array(LEVELS * points);
  const v = new Float32Array(LEVELS * points);
  for (let l = 0; l < LEVELS; l++) {
    const { eastward, northward } = harmonics.gradient(psi.subarray(l * level, (l + 1) * level));
    for (let i = 0; i < points; i++) {
      const perCosine = 1 / (parameters.radius * Math.sqrt(1 - harmonics.sines[Math.floor(i / columns)]! ** 2));
      u[l * points + i] = -perCosine * northward[i]!;
      v[l * points + i] = perCosine * eastward[i]!;
    }
  }
  return { u, v };
}
