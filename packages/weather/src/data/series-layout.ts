import { chunkTimesOf } from "./chunk-times.js";
import { forecastVariable } from "./channel-names.js";
import type { DatasetDefinition, VariableDefinition } from "./definition.js";
import type { Attributes } from "./dataset.js";
import { coordinate, descriptionOf, gridCoordinates, hoursSince1900, TIME_UNITS } from "./forecast-layout.js";
import type { FieldLayout } from "../verification/case.js";

/**
 * A file of analyses in CF form: variables (time, latitude, longitude) named as the channels, in float32.
 *
 * @param times milliseconds since 1970-01-01 UTC
 */
export function seriesLayout(
  { grid, channels }: FieldLayout,
  times: ArrayLike<number>,
  attributes: Attributes = {},
): DatasetDefinition {
  const chunkTimes = chunkTimesOf(grid, times.length);
  return {
    dimensions: { time: times.length, latitude: grid.latitudes.length, longitude: grid.longitudes.length },
    attributes: { Conventions: "CF-1.10", ...attributes },
    variables: [
      coordinate("time", "double", Array.from(times, hoursSince1900), {
        ...{ standard_name: "time", units: TIME_UNITS, calendar: "standard", axis: "T" },
      }),
      ...gridCoordinates(grid),
      ...channels.map((name): VariableDefinition => ({
        ...{ name, type: "float", dimensions: ["time", "latitude", "longitude"], chunks: { time: chunkTimes } },
        attributes: { ...descriptionOf(forecastVariable(name)), _FillValue: [NaN] },
      })),
    ],
  };
}
