import type { NamedArrays } from "@nextscale/engine";
import { channelsFirst, channelsLast } from "./channel-order.js";

/** Weights of a model, of which `scaling/mean` and `scaling/deviation` are read. */
type Scales = NamedArrays;

/** A field [channel][latitude][longitude] in its units as the network sees it: in deviations from the mean, channels last. */
export function scaledField(scales: Scales, field: Float32Array): Float32Array {
  const [mean, deviation] = [scales["scaling/mean"]!, scales["scaling/deviation"]!];
  const channels = deviation.length;
  return channelsLast(field, channels).map((value, at) => (value - mean[at]!) / deviation[at % channels]!);
}

/** The inverse of `scaledField`. */
export function unscaledField(scales: Scales, field: Float32Array): Float32Array {
  const [mean, deviation] = [scales["scaling/mean"]!, scales["scaling/deviation"]!];
  const channels = deviation.length;
  return channelsFirst(
    field.map((value, at) => value * deviation[at % channels]! + mean[at]!),
    channels,
  );
}
