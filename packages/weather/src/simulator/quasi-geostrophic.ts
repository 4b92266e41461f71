import { gaussianGrid } from "../grid/grid.js";
import { equilibriumShear, mountainHeights, withoutMean } from "./boundary.js";
import { modelParameters, type ModelParameters } from "./parameters.js";
import { requireLength } from "./refused.js";
import { sphericalHarmonics, type SphericalHarmonics } from "./spherical-harmonics.js";

/** Seconds. */
export const DAY = 86400;

/** Days of a year, the Gregorian calendar's mean: seasons keep to the dates that snapshots are given. */
export const YEAR = 365.2425;

/** Levels of the model: 200, 500 and 800 hPa, from the top. */
export const LEVELS = 3;

/**
 * The three-level quasi-geostrophic model on the sphere.
 *
 * Its state is the potential vorticity q less what rotation and mountains contribute, coefficients
 * [level, coefficient][real, imaginary] in 1/s, without a mean over the sphere. With stream functions psi and deformation
 * radii R1, R2 (Marshall and Molteni 1993, eq. 1-2):
 *
 *     q1 = laplacian psi1 - (psi1 - psi2) / R1^2
 *     q2 = laplacian psi2 + (psi1 - psi2) / R1^2 - (psi2 - psi3) / R2^2
 *     q3 = laplacian psi3 + (psi2 - psi3) / R2^2
 *     dq/dt = -J(psi, q + f (1 + h / scale height, at level 3)) + relaxation, drag and diffusion
 *
 * The products are free of aliasing (T21 on 64 x 32), so the Jacobian conserves energy and potential enstrophy to rounding.
 */
export interface QuasiGeostrophicModel {
  readonly parameters: ModelParameters;
  /** T21 on 64 x 32 Gaussian points. */
  readonly harmonics: SphericalHarmonics;
  /** Length of a state: 3 levels of complex coefficients. */
  readonly size: number;
  /** Planetary potential vorticity f, and at the lowest level f (1 + h / scale height), coefficients laid out as a state. */
  readonly planetary: Float64Array;
  /** q of stream functions in m2/s, laid out the same. */
  readonly potentialVorticity: (streamFunction: Float64Array, out?: Float64Array) => Float64Array;
  /** Stream functions of q. Inverse of `potentialVorticity` for fields without a mean. */
  readonly streamFunction: (potentialVorticity: Float64Array, out?: Float64Array) => Float64Array;
  /** dq/dt in 1/s2, `day` days (any real number) after the middle of a northern winter. */
  readonly tendency: (potentialVorticity: Float64Array, day: number, out?: Float64Array) => Float64Array;
}

/**
 * Builds the model: tables, mountains and forcing.
 *
 * @param given parameters that differ from `TUNED_PARAMETERS`
 * @throws NextscaleError `invalid-argument` for a parameter outside its range
 */
export function quasiGeostrophicModel(given: Partial<ModelParameters> = {}): QuasiGeostrophicModel {
  const parameters = modelParameters(given);
  const harmonics = sphericalHarmonics(gaussianGrid(32, 64), 21);
  const { count, degrees, truncation } = harmonics;
  const { radius } = parameters;
  const level = 2 * count;
  const size = LEVELS * level;
  const [coupling1, coupling2] = parameters.deformationRadii.map((length) => 1 / length ** 2) as [number, number];
  const inverses = inversionMatrices(truncation, radius, coupling1, coupling2);
  const planetary = planetaryVorticity(harmonics, parameters);
  const shears = [
    equilibriumShear(harmonics, parameters, parameters.shears[0], parameters.thermalWave),
    equilibriumShear(harmonics, parameters, parameters.shears[1], parameters.thermalWave),
  ] as const;

  const potentialVorticity: QuasiGeostrophicModel["potentialVorticity"] = (psi, out = new Float64Array(size)) => {
    requireLength("potentialVorticity", "stream functions", psi, size);
    requireLength("potentialVorticity", "potential vorticity", out, size);
    for (let i = 0; i < level; i++) {
      const n = degrees[i >> 1]!;
      const laplacian = (-n * (n + 1)) / radius ** 2;
      const psi1 = psi[i]!;
      const psi2 = psi[i + level]!;
      const psi3 = psi[i + 2 * level]!;
      const stretching1 = coupling1 * (psi1 - psi2);
      const stretching2 = coupling2 * (psi2 - psi3);
      out[i] = laplacian * psi1 - stretching1;
      out[i + level] = laplacian * psi2 + stretching1 - stretching2;
      out[i + 2 * level] = laplacian * psi3 + stretching2;
    }
    return out;
  };

  const streamFunction: QuasiGeostrophicModel["streamFunction"] = (q, out = new Float64Array(size)) => {
    requireLength("streamFunction", "potential vorticity", q, size);
    requireLength("streamFunction", "stream functions", out, size);
    for (let i = 0; i < level; i++) {
      const at = 9 * degrees[i >> 1]!;
      const q1 = q[i]!;
      const q2 = q[i + level]!;
      const q3 = q[i + 2 * level]!;
      out[i] = inverses[at]! * q1 + inverses[at + 1]! * q2 + inverses[at + 2]! * q3;
      out[i + level] = inverses[at + 3]! * q1 + inverses[at + 4]! * q2 + inverses[at + 5]! * q3;
      out[i + 2 * level] = inverses[at + 6]! * q1 + inverses[at + 7]! * q2 + inverses[at + 8]! * q3;
    }
    return out;
  };

  const psi = new Float64Array(size);
  const absolute = new Float64Array(level);
  const advection = new Float64Array(level);
  const relaxation = 1 / (parameters.thermalTime * DAY);
  const drag = 1 / (parameters.dragTime * DAY);
  const diffusion = Float64Array.from(degrees, (n) => {
    return ((n * (n + 1)) / (truncation * (truncation + 1))) ** 4 / (parameters.diffusionTime * DAY);
  });

  const tendency: QuasiGeostrophicModel["tendency"] = (q, day, out = new Float64Array(size)) => {
    requireLength("tendency", "potential vorticity", q, size);
    requireLength("tendency", "tendencies", out, size);
    streamFunction(q, psi);
    for (let at = 0; at < size; at += level) {
      for (let i = 0; i < level; i++) absolute[i] = q[at + i]! + planetary[at + i]!;
      harmonics.jacobian(psi.subarray(at, at + level), absolute, advection);
      for (let i = 0; i < level; i++) out[at + i] = -advection[i]! / radius ** 2 - diffusion[i >> 1]! * q[at + i]!;
    }
    const season = Math.cos((2 * Math.PI * day) / YEAR);
    for (let i = 0; i < level; i++) {
      const n = degrees[i >> 1]!;
      const psi1 = psi[i]!;
      const psi2 = psi[i + level]!;
      const psi3 = psi[i + 2 * level]!;
      const excess1 = psi1 - psi2 - shears[0].steady[i]! - season * shears[0].seasonal[i]!;
      const excess2 = psi2 - psi3 - shears[1].steady[i]! - season * shears[1].seasonal[i]!;
      const heating1 = relaxation * coupling1 * excess1;
      const heating2 = relaxation * coupling2 * excess2;
      out[i] = out[i]! + heating1;
      out[i + level] = out[i + level]! + heating2 - heating1;
      out[i + 2 * level] = out[i + 2 * level]! - heating2 + (drag * n * (n + 1) * psi3) / radius ** 2;
    }
    for (let at = 0; at < size; at += level) {
      out[at] = 0;
      out[at + 1] = 0;
    }
    return out;
  };

  return { parameters, harmonics, size, planetary, potentialVorticity, streamFunction, tendency };
}

/** Inverse of the 3 x 3 matrix that takes stream functions to potential vorticity, for each n, row-major; zeros for n = 0. */
function inversionMatrices(truncation: number, radius: number, coupling1: number, coupling2: number): Float64Array {
  const inverses = new Float64Array(9 * (truncation + 1));
  for (let n = 1; n <= truncation; n++) {
    const laplacian = (-n * (n + 1)) / radius ** 2;
    const a = laplacian - coupling1;
    const b = laplacian - coupling1 - coupling2;
    const c = laplacian - coupling2;
    const determinant = a * (b * c - coupling2 ** 2) - coupling1 ** 2 * c;
    const adjugate = [
      ...[b * c - coupling2 ** 2, -coupling1 * c, coupling1 * coupling2],
      ...[-coupling1 * c, a * c, -a * coupling2],
      ...[coupling1 * coupling2, -a * coupling2, a * b - coupling1 ** 2],
    ];
    inverses.set(
      adjugate.map((value) => value / determinant),
      9 * n,
    );
  }
  return inverses;
}

/** f at each level, and with mountains at the lowest. */
function planetaryVorticity(harmonics: SphericalHarmonics, parameters: ModelParameters): Float64Array {
  const level = 2 * harmonics.count;
  const columns = harmonics.grid.longitudes.length;
  const planetary = new Float64Array(LEVELS * level);
  const heights = mountainHeights(harmonics, parameters.mountains);
  const coriolis = heights.map((_, i) => 2 * parameters.rotation * harmonics.sines[Math.floor(i / columns)]!);
  const flat = withoutMean(harmonics.analyse(coriolis));
  const raised = coriolis.map((f, i) => f * (1 + heights[i]! / parameters.scaleHeight));
  planetary.set(flat, 0);
  planetary.set(flat, level);
  // The mean stays: it does nothing in a Jacobian.
  planetary.set(harmonics.analyse(raised), 2 * level);
  return planetary;
}
