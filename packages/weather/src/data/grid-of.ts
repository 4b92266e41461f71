import { NextscaleError } from "@nextscale/engine";
import { equiangularGrid, equiangularGridWithPoles, gaussianGrid, regionalGrid, type Grid } from "../grid/grid.js";
import { readDecoded, type DecodedArray } from "./decode.js";
import type { Dataset, Slice, Variable } from "./dataset.js";

/** How the rows and columns of a file lie on a grid. */
export interface GridPlacement {
  /** South to north and west to east, whatever the file's order. */
  readonly grid: Grid;
  /** Name of the file's dimension of latitude. */
  readonly latitude: string;
  /** Name of the file's dimension of longitude. */
  readonly longitude: string;
  /** The file's index of each row of the grid, which may be a part of the file's. */
  readonly rows: Int32Array;
  /** The file's index of each column of the grid. */
  readonly columns: Int32Array;
}

const LATITUDE = {
  standard: "latitude",
  units: /^degrees?_?(north|N)$/,
  names: ["latitude", "lat"],
};
const LONGITUDE = {
  standard: "longitude",
  units: /^degrees?_?(east|E)$/,
  names: ["longitude", "lon"],
};

/**
 * The grid of a data set. Latitude and longitude are known by `standard_name`, then by units, then by name (CF 1.10, sections
 * 4.1 and 4.2); longitudes become ascending, from 0 for a grid round the globe, else from -180 to 180 in the west.
 *
 * @throws NextscaleError `missing-data` without the two coordinates, `invalid-argument` when they are no regular, Gaussian or
 *   equiangular grid
 */
export async function gridOf(dataset: Dataset): Promise<GridPlacement> {
  const north = findCoordinate(dataset, LATITUDE);
  const east = findCoordinate(dataset, LONGITUDE);
  const latitudes = Array.from(await north.read());
  const rows = Int32Array.from(latitudes.keys()).sort((a, b) => latitudes[a]! - latitudes[b]!);
  const { longitudes, columns } = eastward(Array.from(await east.read()));
  const grid = recognise(
    Array.from(rows, (row) => latitudes[row]!),
    longitudes,
  );
  return { grid, latitude: north.name, longitude: east.name, rows, columns };
}

/**
 * Reads fields on the grid: float32 in the variable's units, dimensions in the order of `leading`, latitude, longitude, rows
 * from south to north.
 *
 * @param leading all the other dimensions of the variable, in the order wanted; the file's unless told
 * @param slice part of the other dimensions
 * @throws NextscaleError as `readDecoded`; `invalid-argument` for a variable that is not on the grid
 */
export async function readFields(
  variable: Variable,
  { latitude, longitude, rows, columns }: GridPlacement,
  slice: Slice = {},
  leading: readonly string[] = variable.dimensions.filter((name) => name !== latitude && name !== longitude),
): Promise<DecodedArray> {
  if (Object.hasOwn(slice, latitude) || Object.hasOwn(slice, longitude)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: `weather/readFields ${variable.name}`,
      expected: "a slice that leaves the grid whole",
      got: Object.keys(slice).join(", "),
      fix: "read a part of the grid with readDecoded",
    });
  }
  // Only the rows and columns that hold the grid; they may be a part of the file's, in another order.
  const [top, height] = extentOf(rows);
  const [left, width] = extentOf(columns);
  const region = { ...slice, [latitude]: [top, top + height] as const, [longitude]: [left, left + width] as const };
  const read = await readDecoded(variable, { slice: region, order: [...leading, latitude, longitude] });
  const area = height * width;
  const values = new Float32Array((read.values.length / area) * rows.length * columns.length);
  for (let base = 0, to = 0; base < read.values.length; base += area) {
    for (const row of rows)
      for (const column of columns) values[to++] = read.values[base + (row - top) * width + (column - left)]!;
  }
  return { ...read, shape: [...read.shape.slice(0, -2), rows.length, columns.length], values };
}

/** The first of some indices, and how many there are up to the last. */
function extentOf(indices: Int32Array): readonly [first: number, count: number] {
  const first = indices.reduce((least, index) => Math.min(least, index));
  return [first, indices.reduce((most, index) => Math.max(most, index)) + 1 - first];
}

function findCoordinate(dataset: Dataset, sign: typeof LATITUDE): Variable {
  const all = [...dataset.coordinates.values()];
  const has = (name: string, test: (value: string) => boolean) =>
    all.find(({ attributes }) => typeof attributes[name] === "string" && test(attributes[name]));
  const found =
    has("standard_name", (value) => value === sign.standard) ??
    has("units", (value) => sign.units.test(value)) ??
    all.find(({ name }) => sign.names.includes(name.toLowerCase()));
  if (found !== undefined) return found;
  throw new NextscaleError({
    code: "missing-data",
    where: "weather/gridOf",
    expected: `a coordinate ${sign.standard}, by standard_name, units or name`,
    got: `the coordinates ${all.map(({ name }) => name).join(", ") || "(none)"}`,
    fix: "grids of two-dimensional or unnamed coordinates must be regridded first",
  });
}

/** Longitudes ascending from the first east of the widest gap. */
function eastward(values: readonly number[]): { readonly longitudes: number[]; readonly columns: Int32Array } {
  const positive = values.map((value) => ((value % 360) + 360) % 360);
  const columns = Int32Array.from(values.keys()).sort((a, b) => positive[a]! - positive[b]!);
  const sorted = Array.from(columns, (column) => positive[column]!);
  const gaps = sorted.map((value, i) => value - (i === 0 ? sorted.at(-1)! - 360 : sorted[i - 1]!));
  const first = gaps.reduce((best, gap, i) => (gap > gaps[best]! * 1.001 ? i : best), 0);
  const unwrapped = [...sorted.slice(first), ...sorted.slice(0, first).map((value) => value + 360)];
  const west = unwrapped[0] !== undefined && unwrapped[0] >= 180 && first > 0;
  const regional = gaps.some((gap) => gap > 1.5 * (gaps[(first + 1) % gaps.length] ?? gap));
  const shift = regional && (west || (unwrapped[0] ?? 0) >= 180) ? -360 : 0;
  return {
    longitudes: unwrapped.map((value) => value + shift),
    columns: Int32Array.from([...columns.slice(first), ...columns.slice(0, first)]),
  };
}

/** Coordinates are often float32. Gaussian and equiangular latitudes differ by far more. */
const SAME_DEGREES = 1e-3;

function recognise(latitudes: readonly number[], longitudes: readonly number[]): Grid {
  const count = latitudes.length;
  const width = (longitudes.at(-1)! - longitudes[0]!) / (longitudes.length - 1);
  const round = Math.abs(width * longitudes.length - 360) < 0.36;
  if (round && count >= 2 && longitudes.length >= 2) {
    for (const make of [equiangularGrid, equiangularGridWithPoles, gaussianGrid]) {
      const grid = make(count, longitudes.length);
      if (!grid.latitudes.every((value, i) => Math.abs(value - latitudes[i]!) < SAME_DEGREES)) continue;
      const even = longitudes.every(
        (value, j) => Math.abs(value - longitudes[0]! - grid.longitudes[j]!) < SAME_DEGREES,
      );
      if (even) return { ...grid, longitudes: grid.longitudes.map((value) => value + longitudes[0]!) };
    }
  }
  return regionalGrid(latitudes, longitudes);
}
