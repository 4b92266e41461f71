import { refused } from "./refused.js";

/** A mountain of Gaussian shape: height * exp(-(distance / width)^2). */
export interface Mountain {
  /** Degrees north. */
  readonly latitude: number;
  /** Degrees east. */
  readonly longitude: number;
  /** Metres. */
  readonly height: number;
  /** Along the great circle, degrees. */
  readonly width: number;
}

/**
 * What the three-level model depends on. `Infinity` switches a time scale's process off, or decouples levels when it is a
 * deformation radius.
 */
export interface ModelParameters {
  /** Radius of the planet, m. */
  readonly radius: number;
  /** Rotation, radians a second. */
  readonly rotation: number;
  /** Deformation radii between levels 1 and 2 and levels 2 and 3, m. */
  readonly deformationRadii: readonly [number, number];
  /** Largest equilibrium wind shear between levels 1 and 2 and levels 2 and 3, m/s, at 45 degrees. */
  readonly shears: readonly [number, number];
  /** The shear is 1 + this in mid-winter and 1 - this in mid-summer, as a multiple of its mean. */
  readonly seasonality: number;
  /** Wind of the wave of zonal wavenumber 2 in the equilibrium shear of the northern hemisphere, m/s. */
  readonly thermalWave: number;
  /** Relaxation towards the equilibrium shears, days. */
  readonly thermalTime: number;
  /** Ekman drag on the lowest level, days. */
  readonly dragTime: number;
  /** Diffusion (eighth derivative) at the largest wavenumber, days. */
  readonly diffusionTime: number;
  /** Height that turns mountains into potential vorticity, m. */
  readonly scaleHeight: number;
  readonly mountains: readonly Mountain[];
}

/**
 * The tuned model: levels and radii of Marshall and Molteni (1993, J. Atmos. Sci. 50), strengths chosen so that the
 * variance of 500 hPa heights and their 12 h change resemble those of ERA5. The five mountains stand for the Rockies,
 * Tibet, Greenland, the Andes and Antarctica.
 */
export const TUNED_PARAMETERS: ModelParameters = {
  radius: 6.371e6,
  rotation: 7.292e-5,
  deformationRadii: [700e3, 450e3],
  shears: [28, 20],
  seasonality: 0.35,
  thermalWave: 7,
  thermalTime: 30,
  dragTime: 1.5,
  diffusionTime: 1,
  scaleHeight: 9000,
  mountains: [
    { latitude: 45, longitude: 250, height: 2000, width: 14 },
    { latitude: 35, longitude: 90, height: 4000, width: 16 },
    { latitude: 72, longitude: 320, height: 2000, width: 10 },
    { latitude: -25, longitude: 290, height: 2000, width: 10 },
    { latitude: -88, longitude: 90, height: 2500, width: 14 },
  ],
};

/**
 * Fills in what is not given from `TUNED_PARAMETERS`.
 *
 * @throws NextscaleError `invalid-argument` for a value outside its range
 */
export function modelParameters(given: Partial<ModelParameters> = {}): ModelParameters {
  const parameters = { ...TUNED_PARAMETERS, ...given };
  const { radius, rotation, deformationRadii, shears, seasonality, thermalWave } = parameters;
  const { thermalTime, dragTime, diffusionTime, scaleHeight, mountains } = parameters;
  requireEach("positive", (value) => value > 0, {
    ...{ "deformationRadii[0]": deformationRadii[0], "deformationRadii[1]": deformationRadii[1] },
    ...{ thermalTime, dragTime, diffusionTime, scaleHeight },
  });
  requireEach("positive and finite", (value) => value > 0 && value < Infinity, { radius });
  requireEach("finite", Number.isFinite, { rotation, "shears[0]": shears[0], "shears[1]": shears[1], thermalWave });
  requireEach("from 0 to 1", (value) => value >= 0 && value <= 1, { seasonality });
  mountains.forEach(({ latitude, longitude, height, width }, i) => {
    requireEach("finite", Number.isFinite, { [`mountains[${i}]`]: latitude + longitude + height });
    requireEach("positive", (value) => value > 0, { [`mountains[${i}].width`]: width });
  });
  return parameters;
}

function requireEach(range: string, valid: (value: number) => boolean, values: Record<string, number>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!valid(value)) throw refused("modelParameters", `${name} ${range}`, `${value}`);
  }
}
