import { channelsFirst } from "../model/channel-order.js";
import type { FieldSource } from "../verification/baselines.js";
import { HOUR } from "../verification/case.js";
import { fieldSize, type FieldSeries } from "./field-series.js";

/** The fields of a series by time, [channel][latitude][longitude]. */
export function seriesFields(series: FieldSeries): FieldSource {
  const size = fieldSize(series);
  const at = new Map(Array.from(series.times, (time, i) => [time, i]));
  return (time) => {
    const i = at.get(time);
    return i === undefined
      ? undefined
      : channelsFirst(series.fields.subarray(i * size, (i + 1) * size), series.layout.channels.length);
  };
}

/** At most `count` times of a series, evenly spread, from which `steps` steps of forecast can be verified. */
export function startsOf(series: FieldSeries, count: number, steps: number): readonly number[] {
  const { times, stepHours } = series;
  const step = stepHours * HOUR;
  const isWhole = (i: number) => times[i + steps]! - times[i - 1]! === (steps + 1) * step;
  const possible = Array.from(times.keys()).filter((i) => i > 0 && i + steps < times.length && isWhole(i));
  if (possible.length <= count) return possible.map((i) => times[i]!);
  return Array.from({ length: count }, (_, n) => times[possible[Math.floor((n * possible.length) / count)]!]!);
}
