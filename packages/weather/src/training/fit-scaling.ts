import { fieldScale, type FieldScale } from "../model/field-scaling.js";
import { channelsFirst } from "../model/channel-order.js";
import { cellCount } from "../verification/case.js";
import { fitClimatology, type Climatology } from "../verification/climatology.js";
import { fieldSize, learnable, type FieldSeries } from "./field-series.js";

/** Scales of a series on the host; see `FieldScaling`. */
export interface SeriesScaling {
  readonly scale: FieldScale;
  readonly deviation: Float32Array;
  readonly perChange: Float32Array;
  readonly limit: Float32Array;
  /** The series in deviations from its climatology [time][latitude][longitude][channel]. */
  readonly states: Float32Array;
}

/** A forecast is kept within so many standard deviations of a cell's own variability. */
const LIMIT = 6;

/**
 * Climatology by time of year and hour of day, area-weighted deviations of the departures from it and of their change over a
 * step, and the limits of forecasts.
 */
export function fitScaling(series: FieldSeries): SeriesScaling {
  const size = fieldSize(series);
  const channels = series.layout.channels.length;
  const scale = fieldScale(climatologyOf(series), new Float32Array(channels).fill(1));
  const states = new Float32Array(series.fields.length);
  series.times.forEach((time, i) => states.set(scale.scaled(fieldAt(series, i), time), i * size));

  const squares = meanSquares(size, Array.from(series.times.keys()), (i, at) => states[i * size + at]!);
  const deviation = rootsByChannel(squares, series);
  states.forEach((value, at) => (states[at] = value / deviation[at % channels]!));
  const steps = Array.from(learnable(series));
  const changes = meanSquares(size, steps, (i, at) => states[(i + 1) * size + at]! - states[i * size + at]!);
  return {
    scale: fieldScale(scale.climatology, deviation),
    deviation,
    perChange: rootsByChannel(changes, series).map((change) => 1 / change),
    limit: Float32Array.from(squares, (square, at) => (LIMIT * Math.sqrt(square)) / deviation[at % channels]!),
    states,
  };
}

function climatologyOf(series: FieldSeries): Climatology {
  const fit = fitClimatology(series.layout);
  series.times.forEach((time, i) => fit.add(time, fieldAt(series, i)));
  return fit.finish();
}

/** Field `i` of a series, [channel][latitude][longitude]. */
function fieldAt(series: FieldSeries, i: number): Float32Array {
  const size = fieldSize(series);
  return channelsFirst(series.fields.subarray(i * size, (i + 1) * size), series.layout.channels.length);
}

/** Mean over items of the square of a value, for each place of a field. */
function meanSquares(
  size: number,
  items: readonly number[],
  valueOf: (item: number, at: number) => number,
): Float64Array {
  const sums = new Float64Array(size);
  for (const item of items) for (let at = 0; at < size; at++) sums[at]! += valueOf(item, at) ** 2 / items.length;
  return sums;
}

/** Root of the area-weighted mean of each channel of squares [latitude][longitude][channel]. */
function rootsByChannel(squares: Float64Array, { layout }: FieldSeries): Float32Array {
  const { areaWeights, longitudes } = layout.grid;
  const channels = layout.channels.length;
  const sums = new Float64Array(channels);
  squares.forEach((square, at) => {
    sums[at % channels]! += areaWeights[Math.floor(at / (channels * longitudes.length))]! * square;
  });
  return Float32Array.from(sums, (sum) => Math.sqrt(sum / cellCount(layout)));
}
