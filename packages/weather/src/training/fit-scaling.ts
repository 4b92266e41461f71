import type { FieldSeries } from "./field-series.js";
import { fieldSize, learnable } from "./field-series.js";

/** Scales of a series on the host; see `FieldScaling`. */
export interface SeriesScaling {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  readonly perChange: Float32Array;
  readonly limit: Float32Array;
}

/** A forecast is kept within so many standard deviations of a cell's own variability. */
const LIMIT = 6;

/** Mean field, area-weighted deviations of departures from it and of a step's change, and the limits of forecasts. */
export function fitScaling(series: FieldSeries): SeriesScaling {
  const { fields, layout } = series;
  const { areaWeights, longitudes } = layout.grid;
  const channels = layout.channels.length;
  const size = fieldSize(series);
  const count = fields.length / size;
  const weightOf = (at: number) => areaWeights[Math.floor(at / (channels * longitudes.length))]!;
  const mean = new Float64Array(size);
  for (let at = 0; at < fields.length; at++) mean[at % size]! += fields[at]! / count;
  const squares = new Float64Array(size);
  for (let at = 0; at < fields.length; at++) squares[at % size]! += (fields[at]! - mean[at % size]!) ** 2 / count;
  const pairs = learnable(series);
  const changes = new Float64Array(channels);
  for (const i of pairs) {
    for (let at = 0; at < size; at++) {
      const change = fields[(i + 1) * size + at]! - fields[i * size + at]!;
      changes[at % channels]! += (weightOf(at) * change * change) / pairs.length;
    }
  }
  const variances = new Float64Array(channels);
  squares.forEach((square, at) => (variances[at % channels]! += weightOf(at) * square));
  const cells = size / channels;
  const deviation = variances.map((sum) => Math.sqrt(sum / cells));
  return {
    mean: Float32Array.from(mean),
    deviation: Float32Array.from(deviation),
    perChange: Float32Array.from(changes, (sum, c) => deviation[c]! / Math.sqrt(sum / cells)),
    limit: Float32Array.from(squares, (square, at) => (LIMIT * Math.sqrt(square)) / deviation[at % channels]!),
  };
}

/** The series in deviations from the mean, in place of its values. */
export function scaledFields(
  { fields }: Pick<FieldSeries, "fields">,
  { mean, deviation }: SeriesScaling,
): Float32Array {
  const channels = deviation.length;
  return fields.map((value, at) => (value - mean[at % mean.length]!) / deviation[at % channels]!);
}
