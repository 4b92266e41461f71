import type { NamedArrays } from "@nextscale/engine";
import type { WeatherModelConfig } from "../config/config.js";
import { CLIMATOLOGY_TERMS, climatologyAt, type Climatology } from "../verification/climatology.js";
import { channelsFirst, channelsLast } from "./channel-order.js";
import { layoutOfModel } from "./layout-of-model.js";

/** Fields in their units, and as the network sees them. */
export interface FieldScale {
  readonly climatology: Climatology;
  /** A field [channel][latitude][longitude] in deviations from the climatology of its time, channels last. */
  scaled(field: Float32Array, time: number): Float32Array;
  /** The inverse of `scaled`. */
  unscaled(field: Float32Array, time: number): Float32Array;
}

/** The scale of some data. @param deviation of the departures from the climatology, by channel */
export function fieldScale(climatology: Climatology, deviation: ArrayLike<number>): FieldScale {
  const channels = deviation.length;
  // The members of an ensemble come one after the other with one time.
  let last: { readonly time: number; readonly field: Float32Array } | undefined;
  const normal = (time: number): Float32Array => {
    if (last?.time !== time) last = { time, field: channelsLast(climatologyAt(climatology, time), channels) };
    return last.field;
  };
  return {
    climatology,
    scaled(field, time) {
      const mean = normal(time);
      return channelsLast(field, channels).map((value, at) => (value - mean[at]!) / deviation[at % channels]!);
    },
    unscaled(field, time) {
      const mean = normal(time);
      return channelsFirst(
        field.map((value, at) => value * deviation[at % channels]! + mean[at]!),
        channels,
      );
    },
  };
}

/** The scale that a model's weights hold. */
export function scaleOfModel(config: WeatherModelConfig, tensors: NamedArrays): FieldScale {
  const { hours } = config;
  const all = tensors["climatology"]!;
  const size = all.length / hours.length;
  const coefficients = hours.map(
    (hour, i) => [hour, Float64Array.from(all.subarray(i * size, (i + 1) * size))] as const,
  );
  return fieldScale(
    { layout: layoutOfModel(config), coefficients: new Map(coefficients) },
    tensors["scaling/deviation"]!,
  );
}

/** A climatology as a model's weights hold it: hours of day, ascending, and [hours, terms, C, H, W]. */
export function climatologyWeights({ coefficients }: Climatology): {
  readonly hours: number[];
  readonly values: Float32Array;
} {
  const hours = [...coefficients.keys()].sort((a, b) => a - b);
  return { hours, values: Float32Array.from(hours.flatMap((hour) => Array.from(coefficients.get(hour)!))) };
}

/** Shape of the climatology among the weights. */
export function climatologyShape({ hours, channels, grid }: WeatherModelConfig): readonly number[] {
  return [hours.length, CLIMATOLOGY_TERMS, channels.length, grid.latitudes.length, grid.longitudes.length];
}
