import { NextscaleError } from "@nextscale/engine";
import type { Grid } from "../grid/grid.js";
import type { Attributes } from "./dataset.js";
import type { DatasetDefinition, VariableDefinition } from "./definition.js";

/** A variable, as far as it is known what it is; `forecastVariable` knows it of many channels. */
export interface ForecastVariable {
  readonly name: string;
  /** CF standard name, such as `geopotential`. */
  readonly standardName?: string;
  /** Such as `m2 s-2`. */
  readonly units?: string;
  /** For a person, such as `geopotential at 500 hPa`. */
  readonly longName?: string;
}

/** What a forecast file says about its forecast. */
export interface ForecastDescription {
  readonly grid: Grid;
  readonly variables: readonly ForecastVariable[];
  /** Number of ensemble members. */
  readonly members: number;
  /** Number of the first member, of a part of an ensemble. 0 unless told. */
  readonly firstMember?: number;
  /** Hours from the start to each valid time, ascending. */
  readonly leadHours: readonly number[];
  /** Start of the forecast. */
  readonly start: Date;
  /** Global attributes, such as the seed and the hash of the model. */
  readonly attributes?: Attributes;
}

/**
 * A CF ensemble file: variables (realization, lead_time, latitude, longitude), in float32 with NaN for no value (CF 1.10,
 * standard names `realization`, `forecast_period`, `forecast_reference_time`). For the NetCDF writer.
 *
 * @throws NextscaleError `invalid-argument`
 */
export function cfEnsembleLayout(forecast: ForecastDescription): DatasetDefinition {
  const startHours = check("weather/cfEnsembleLayout", forecast);
  const { grid, members, leadHours } = forecast;
  const time = { units: TIME_UNITS, calendar: "standard" };
  return {
    dimensions: {
      realization: members,
      lead_time: leadHours.length,
      latitude: grid.latitudes.length,
      longitude: grid.longitudes.length,
    },
    attributes: { Conventions: "CF-1.10", ...forecast.attributes },
    variables: [
      coordinate("realization", "int", memberNumbers(forecast), {
        standard_name: "realization",
        units: "1",
        axis: "E",
      }),
      coordinate("lead_time", "double", leadHours, { standard_name: "forecast_period", units: "hours" }),
      ...gridCoordinates(grid),
      {
        ...{ name: "forecast_reference_time", type: "double", dimensions: [], values: [startHours] },
        attributes: { standard_name: "forecast_reference_time", ...time },
      },
      {
        ...{ name: "valid_time", type: "double", dimensions: ["lead_time"] },
        values: leadHours.map((hours) => startHours + hours),
        attributes: { standard_name: "time", ...time },
      },
      ...forecast.variables.map((variable): VariableDefinition => ({
        ...{ name: variable.name, type: "float" },
        dimensions: ["realization", "lead_time", "latitude", "longitude"],
        attributes: {
          ...descriptionOf(variable),
          coordinates: "forecast_reference_time valid_time",
          _FillValue: [NaN],
        },
      })),
    ],
  };
}

/**
 * A store laid out as WeatherBench 2 has its ensembles: variables (time, number, prediction_timedelta, longitude, latitude),
 * time being the start; a chunk is all lead times of a member. For the Zarr writer.
 *
 * @throws NextscaleError `invalid-argument`
 */
export function weatherBenchLayout(forecast: ForecastDescription): DatasetDefinition {
  const startHours = check("weather/weatherBenchLayout", forecast);
  const { grid, members, leadHours } = forecast;
  return {
    dimensions: {
      time: 1,
      number: members,
      prediction_timedelta: leadHours.length,
      longitude: grid.longitudes.length,
      latitude: grid.latitudes.length,
    },
    attributes: { Conventions: "CF-1.10", ...forecast.attributes },
    variables: [
      coordinate("time", "double", [startHours], {
        ...{ standard_name: "forecast_reference_time", units: TIME_UNITS, calendar: "standard" },
      }),
      coordinate("number", "int", memberNumbers(forecast), { standard_name: "realization", units: "1", axis: "E" }),
      coordinate("prediction_timedelta", "double", leadHours, { standard_name: "forecast_period", units: "hours" }),
      ...gridCoordinates(grid),
      ...forecast.variables.map((variable): VariableDefinition => ({
        ...{ name: variable.name, type: "float" },
        dimensions: ["time", "number", "prediction_timedelta", "longitude", "latitude"],
        chunks: { time: 1, number: 1 },
        attributes: descriptionOf(variable),
      })),
    ],
  };
}

/** Units of the times that are written. */
export const TIME_UNITS = "hours since 1900-01-01 00:00:00";

/** Coordinate variables `latitude` and `longitude`. */
export function gridCoordinates({ latitudes, longitudes }: Grid): VariableDefinition[] {
  return [
    coordinate("latitude", "double", latitudes, { standard_name: "latitude", units: "degrees_north", axis: "Y" }),
    coordinate("longitude", "double", longitudes, { standard_name: "longitude", units: "degrees_east", axis: "X" }),
  ];
}

/** A coordinate variable. */
export function coordinate(
  name: string,
  type: VariableDefinition["type"],
  values: ArrayLike<number>,
  attributes: Attributes,
): VariableDefinition {
  return { name, type, dimensions: [name], values, attributes };
}

/** A time in {@link TIME_UNITS}, of one in milliseconds since 1970. */
export function hoursSince1900(time: number): number {
  return (time - Date.UTC(1900, 0, 1)) / 36e5;
}

/** What is known of a variable as CF attributes. */
export function descriptionOf({ standardName, units, longName }: Omit<ForecastVariable, "name">): Attributes {
  return {
    ...(standardName === undefined ? {} : { standard_name: standardName }),
    ...(longName === undefined ? {} : { long_name: longName }),
    ...(units === undefined ? {} : { units }),
  };
}

function memberNumbers({ members, firstMember = 0 }: ForecastDescription): number[] {
  return Array.from({ length: members }, (_, i) => firstMember + i);
}

/** The start in hours since 1900. */
function check(where: string, { members, firstMember = 0, leadHours, start }: ForecastDescription): number {
  const refuse = (expected: string, got: string) =>
    new NextscaleError({ code: "invalid-argument", where, expected, got });
  if (!Number.isInteger(members) || members < 1) throw refuse("at least one member", `${members}`);
  if (!Number.isInteger(firstMember) || firstMember < 0) throw refuse("a first member from 0", `${firstMember}`);
  const ascending = leadHours.every((hours, i) => Number.isFinite(hours) && (i === 0 || hours > leadHours[i - 1]!));
  if (leadHours.length === 0 || !ascending) throw refuse("lead times, ascending", `[${leadHours.join(", ")}]`);
  const hours = hoursSince1900(start.getTime());
  if (!Number.isFinite(hours)) throw refuse("a start that is a date", String(start));
  return hours;
}
