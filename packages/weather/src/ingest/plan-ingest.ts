import { NextscaleError } from "@nextscale/engine";
import { isTimeUnits, decodeTimes } from "../data/time.js";
import { chunkTimesOf } from "../data/chunk-times.js";
import { variableOf, type Dataset, type Variable } from "../data/dataset.js";
import type { DatasetDefinition, VariableDefinition } from "../data/definition.js";
import { coordinate, gridCoordinates, hoursSince1900, TIME_UNITS } from "../data/forecast-layout.js";
import { gridOf, type GridPlacement } from "../data/grid-of.js";
import type { Grid } from "../grid/grid.js";
import { selectTimes, type TimeSelection } from "./select-times.js";

/** A variable to take. */
export interface IngestVariable {
  /** As the source has it, such as `geopotential`. */
  readonly name: string;
  /** Levels of the source's coordinate `level`, such as 500; all unless told. Only for a variable that has levels. */
  readonly levels?: readonly number[];
}

/** What is taken of a source, and how it is laid out. */
export interface IngestRequest extends TimeSelection {
  readonly variables: readonly IngestVariable[];
  /** Grid of the result. */
  readonly grid: Grid;
}

/** A variable of the plan. */
export interface PlannedVariable {
  readonly name: string;
  readonly source: Variable;
  /** Its levels: the value, the index in the source, and that in the result. One without value for a variable without levels. */
  readonly levels: readonly { readonly value?: number; readonly from: number; readonly to: number }[];
}

/** What there is to do, known before the first number is read. */
export interface IngestPlan {
  /** Where the source's fields lie. */
  readonly placement: GridPlacement;
  /** Grid of the result. */
  readonly grid: Grid;
  readonly variables: readonly PlannedVariable[];
  /** Index of each time in the source. */
  readonly times: Int32Array;
  /** Times in a chunk of the result. */
  readonly chunkTimes: number;
  /** The result, without statistics. */
  readonly definition: DatasetDefinition;
}

const WHERE = "weather/ingest";

/**
 * Finds what is wanted in a source. Dimensions are known by name: `time`, `level`, and latitude and longitude as
 * {@link gridOf} finds them, in any order.
 *
 * @throws NextscaleError `missing-data` for a variable, level or time that is not there; `invalid-argument` for variables
 *   twice or none, and for those with other dimensions; as `gridOf` and `selectTimes`
 */
export async function planIngest(source: Dataset, request: IngestRequest): Promise<IngestPlan> {
  const names = request.variables.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (names.length === 0 || twice !== undefined) {
    throw refused("invalid-argument", "variables, each once", twice ?? "none");
  }
  const placement = await gridOf(source);
  const timesOfSource = await readTimes(variableOf(source, "time"));
  const times = selectTimes(timesOfSource, request);
  const level = source.coordinates.get("level");
  const levelsOfSource = level === undefined ? [] : Array.from(await level.read());
  const wanted = request.variables.map(({ name, levels }) => {
    const variable = variableOf(source, name);
    return { variable, levels: levelsOf(variable, placement, levels, levelsOfSource) };
  });
  const union = [...new Set(wanted.flatMap(({ levels }) => levels ?? []))].sort((a, b) => a - b);
  const chunkTimes = chunkTimesOf(request.grid, times.length);
  return {
    placement,
    grid: request.grid,
    times,
    chunkTimes,
    variables: wanted.map(({ variable, levels }) => ({
      name: variable.name,
      source: variable,
      levels: levels?.map((value) => ({ value, from: levelsOfSource.indexOf(value), to: union.indexOf(value) })) ?? [
        { from: 0, to: 0 },
      ],
    })),
    definition: definitionOf(
      request,
      Array.from(times, (index) => timesOfSource[index]!),
      level === undefined || union.length === 0 ? undefined : levelCoordinate(union, level),
      chunkTimes,
      wanted,
    ),
  };
}

async function readTimes(time: Variable): Promise<Float64Array> {
  const { units, calendar } = time.attributes;
  if (time.dimensions.length === 1 && typeof units === "string" && isTimeUnits(units)) {
    const times = decodeTimes(await time.read(), units, typeof calendar === "string" ? calendar : undefined);
    // Hours as parts of a day are not exact in binary.
    return times.map(Math.round);
  }
  throw refused("invalid-argument", 'a coordinate time with units such as "hours since 1959-01-01"', String(units));
}

/** The levels to take; undefined for a variable that has none. */
function levelsOf(
  { name, dimensions }: Variable,
  { latitude, longitude }: GridPlacement,
  wanted: readonly number[] | undefined,
  available: readonly number[],
): readonly number[] | undefined {
  const known = ["time", "level", latitude, longitude];
  const isOnGrid = known.every((dimension) => dimension === "level" || dimensions.includes(dimension));
  if (!isOnGrid || dimensions.some((dimension) => !known.includes(dimension))) {
    throw refused(
      "invalid-argument",
      `${known.join(", ")} as dimensions of ${name}, level or not`,
      dimensions.join(", "),
    );
  }
  if (!dimensions.includes("level")) {
    if (wanted === undefined) return undefined;
    throw refused("invalid-argument", `no levels of ${name}, which has none`, wanted.join(", "));
  }
  const levels = wanted ?? available;
  const absent = levels.find((level, i) => !available.includes(level) || levels.indexOf(level) !== i);
  if (absent === undefined && levels.length > 0) return levels;
  throw refused("missing-data", `levels of ${name} among ${available.join(", ")}, each once`, `${absent ?? "none"}`);
}

/** As WeatherBench 2 lays out its data on grids of 5.6 degrees: longitude before latitude, levels in hPa as integers. */
function definitionOf(
  { grid, stepHours }: IngestRequest,
  times: readonly number[],
  level: VariableDefinition | undefined,
  chunkTimes: number,
  wanted: readonly { readonly variable: Variable; readonly levels: readonly number[] | undefined }[],
): DatasetDefinition {
  return {
    dimensions: {
      time: times.length,
      ...(level === undefined ? {} : { level: level.values!.length }),
      longitude: grid.longitudes.length,
      latitude: grid.latitudes.length,
    },
    attributes: { Conventions: "CF-1.10", step_hours: [stepHours] },
    variables: [
      coordinate("time", "double", times.map(hoursSince1900), {
        ...{ standard_name: "time", units: TIME_UNITS, calendar: "proleptic_gregorian", axis: "T" },
      }),
      ...(level === undefined ? [] : [level]),
      ...gridCoordinates(grid),
      ...wanted.map(({ variable, levels: own }): VariableDefinition => ({
        ...{ name: variable.name, type: "float" },
        dimensions: ["time", ...(own === undefined ? [] : ["level"]), "longitude", "latitude"],
        chunks: { time: chunkTimes, level: 1 },
        attributes: {
          ...descriptionOf(variable),
          // The others of the store's levels have no chunks, which is how Zarr says that there are no values.
          ...(own === undefined ? {} : { levels: own }),
        },
      })),
    ],
  };
}

/** Levels are those of pressure, in hPa, where the source says nothing else. */
function levelCoordinate(levels: readonly number[], source: Variable): VariableDefinition {
  const pressure = { standard_name: "air_pressure", units: "hPa", positive: "down", axis: "Z" };
  const type = levels.every(Number.isInteger) ? "int" : "double";
  return coordinate("level", type, levels, { ...pressure, ...descriptionOf(source) });
}

/** What describes the quantity; how the source stores it does not apply to the result. */
function descriptionOf({ attributes }: Variable): Record<string, string> {
  const kept = ["standard_name", "long_name", "units"];
  return Object.fromEntries(
    kept.flatMap((name) => (typeof attributes[name] === "string" ? [[name, attributes[name]]] : [])),
  );
}

function refused(code: "invalid-argument" | "missing-data", expected: string, got: string): NextscaleError {
  return new NextscaleError({ code, where: WHERE, expected, got });
}
