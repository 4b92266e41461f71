import type { ModelParameters } from "./parameters.js";
import type { SphericalHarmonics } from "./spherical-harmonics.js";

const RADIANS = Math.PI / 180;

/** Heights of the mountains, m, as a field [latitude][longitude] that is not yet truncated. */
export function mountainHeights(
  harmonics: SphericalHarmonics,
  mountains: ModelParameters["mountains"],
): Float64Array<ArrayBuffer> {
  return fieldOf(harmonics, (latitude, longitude) => {
    let height = 0;
    for (const mountain of mountains) {
      const [north, east] = [mountain.latitude * RADIANS, mountain.longitude * RADIANS];
      const cosine =
        Math.sin(latitude) * Math.sin(north) + Math.cos(latitude) * Math.cos(north) * Math.cos(longitude - east);
      const distance = Math.acos(Math.min(1, Math.max(-1, cosine))) / RADIANS;
      height += mountain.height * Math.exp(-((distance / mountain.width) ** 2));
    }
    return height;
  });
}

/** Stream functions of an equilibrium shear: `steady` + cos(season) * `seasonal`, coefficients in m2/s. */
export interface EquilibriumShear {
  readonly steady: Float64Array;
  readonly seasonal: Float64Array;
}

/**
 * The zonal shear U sin^2(2 latitude) (1 +- seasonality cos(season)), plus in the northern hemisphere and for `wave` > 0
 * the wave of zonal wavenumber 2 that oceans and continents force.
 */
export function equilibriumShear(
  harmonics: SphericalHarmonics,
  { radius, seasonality }: ModelParameters,
  shear: number,
  wave: number,
): EquilibriumShear {
  // u = -(1 / radius) dpsi/dlatitude, and the integral of sin^2(2 x) is x / 2 - sin(4 x) / 8.
  const integral = (latitude: number): number => latitude / 2 - Math.sin(4 * latitude) / 8;
  const steady = fieldOf(harmonics, (latitude, longitude) => {
    const standing = latitude > 0 ? Math.sin(2 * latitude) ** 2 * Math.cos(2 * (longitude - WAVE_RIDGE)) : 0;
    return -radius * shear * integral(latitude) + (radius / 2) * wave * standing;
  });
  // Winter comes to one hemisphere when it is summer in the other: the shear's seasonal part is odd.
  const seasonal = fieldOf(harmonics, (latitude) => -radius * shear * seasonality * Math.abs(integral(latitude)));
  return { steady: withoutMean(harmonics.analyse(steady)), seasonal: withoutMean(harmonics.analyse(seasonal)) };
}

/** Longitude of the warm ridges over the eastern oceans, radians: 10 degrees west, and the date line's side of it. */
const WAVE_RIDGE = -10 * RADIANS;

/** A field [latitude][longitude] of a function of latitude and longitude in radians. */
function fieldOf(
  { sines, grid }: SphericalHarmonics,
  value: (latitude: number, longitude: number) => number,
): Float64Array<ArrayBuffer> {
  const columns = grid.longitudes.length;
  return Float64Array.from({ length: sines.length * columns }, (_, i) => {
    return value(Math.asin(sines[Math.floor(i / columns)]!), grid.longitudes[i % columns]! * RADIANS);
  });
}

/** Sets the mean over the sphere to 0, in place: the model has none. */
export function withoutMean(coefficients: Float64Array): Float64Array {
  coefficients[0] = 0;
  coefficients[1] = 0;
  return coefficients;
}
