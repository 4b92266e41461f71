import { analysisAt, modelSystem } from "../evaluation/forecast-system.js";
import { channelsFirst } from "../model/channel-order.js";
import type { FieldScale } from "../model/field-scaling.js";
import type { ForecastModel } from "../model/forecast-model.js";
import { sphericalHarmonics, type SphericalHarmonics } from "../simulator/spherical-harmonics.js";
import type { FieldSource } from "../verification/baselines.js";
import { HOUR, type FieldLayout } from "../verification/case.js";

/** What a response is fitted on: data that the network was not trained on, and that it is not tested on. */
export interface ResponseFitOptions {
  readonly layout: FieldLayout;
  readonly truncation: number;
  readonly scale: FieldScale;
  readonly truth: FieldSource;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly starts: readonly number[];
  readonly steps: number;
  readonly members: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** How often forecasts are made. */
export const RESPONSE_ROUNDS = 8;
/**
 * A wave that is too strong by a factor is damped by this power of it in a round. The power of a wave that is kept from
 * step to step grows faster than with the square of what is kept, so the square root would go too far.
 */
const PACE = 0.25;
/** Powers within this share of the truth's are left as they are: so much is chance. */
const TOLERANCE = 0.1;

/**
 * The response at which forecasts have as much power in each spherical harmonic as the truth, found by making forecasts and
 * correcting it, some times over. No wave is made larger.
 *
 * @param open the model with a response [truncation + 1, truncation + 1, C]
 */
export async function fitResponse(
  open: (response: Float32Array) => ForecastModel,
  options: ResponseFitOptions,
): Promise<Float32Array> {
  const { layout, truncation, onProgress } = options;
  const harmonics = sphericalHarmonics(layout.grid, truncation);
  const response = new Float32Array((truncation + 1) ** 2 * layout.channels.length).fill(1);
  for (let round = 0; round < RESPONSE_ROUNDS; round++) {
    const model = open(response.slice());
    const { truth, members } = await wavePowers(model, harmonics, options).finally(() => model.close());
    truth.forEach((power, at) => {
      const excess = members[at]! / power;
      // Where the total wavenumber is below the zonal one, there are no waves.
      if (members[at] === 0 || Math.abs(Math.log(excess)) < TOLERANCE) return;
      response[at] = Math.min(1, response[at]! * excess ** -PACE);
    });
    onProgress?.(round + 1, RESPONSE_ROUNDS);
  }
  return response;
}

/**
 * Power of the departures from the climatology, summed over leads and starts: [truncation + 1, truncation + 1, C] by zonal and
 * total wavenumber.
 */
export interface WavePowers {
  readonly truth: Float64Array;
  /** Mean of the members' powers. */
  readonly members: Float64Array;
}

/** What is compared: truth and members of forecasts from all starts. */
export async function wavePowers(
  model: ForecastModel,
  harmonics: SphericalHarmonics,
  options: Omit<ResponseFitOptions, "onProgress" | "truncation">,
): Promise<WavePowers> {
  const { layout, scale, truth, starts, steps, members, seed, signal } = options;
  const channels = layout.channels.length;
  const count = harmonics.truncation + 1;
  const size = count ** 2 * channels;
  const sums = { truth: new Float64Array(size), members: new Float64Array(size) };
  const add = (into: Float64Array, field: Float32Array, time: number, weight: number) => {
    const departures = channelsFirst(scale.scaled(field, time), channels);
    const cells = departures.length / channels;
    for (let c = 0; c < channels; c++) {
      const own = Float64Array.from(departures.subarray(c * cells, (c + 1) * cells));
      const coefficients = harmonics.analyse(own);
      harmonics.degrees.forEach((degree, i) => {
        const power = coefficients[2 * i]! ** 2 + coefficients[2 * i + 1]! ** 2;
        into[(harmonics.orders[i]! * count + degree) * channels + c]! += weight * power;
      });
    }
  };
  const controls = { fields: truth, steps, members, seed, ...(signal === undefined ? {} : { signal }) };
  const system = modelSystem(model, { name: "trial", ...controls });
  for (const start of starts) {
    for await (const { leadHours, members: fields } of system.forecast(start)) {
      const time = start + leadHours * HOUR;
      add(sums.truth, analysisAt(truth, time), time, 1);
      for (const field of fields) add(sums.members, field, time, 1 / members);
    }
  }
  return sums;
}
