import type { Grid } from "../grid/grid.js";
import type { GridPlacement } from "./grid-of.js";

/** Coordinates are often float32; grids of the same kind differ by far more. */
const SAME_DEGREES = 1e-3;

/** Whether two longitudes or latitudes are the same place. */
const isNear = (a: number, b: number) => {
  const difference = a - b;
  return Math.abs(difference - 360 * Math.round(difference / 360)) < SAME_DEGREES;
};

/** Whether two grids have the same points. */
export function isSameGrid(a: Grid, b: Grid): boolean {
  const pairs = [[a.latitudes, b.latitudes] as const, [a.longitudes, b.longitudes] as const];
  return pairs.every(
    ([own, other]) => own.length === other.length && own.every((value, i) => isNear(value, other[i]!)),
  );
}

/**
 * Where a grid lies within that of a data set: all of it, or a part without gaps, such as a region of the globe.
 *
 * @returns undefined where it is no part of it
 */
export function partOfGrid(placement: GridPlacement, wanted: Grid): GridPlacement | undefined {
  const { grid, rows, columns } = placement;
  const latitudes = stretchOf(grid.latitudes, wanted.latitudes);
  const longitudes = stretchOf(grid.longitudes, wanted.longitudes);
  if (latitudes === undefined || longitudes === undefined) return undefined;
  return {
    ...placement,
    grid: wanted,
    rows: latitudes.map((row) => rows[row]!),
    columns: longitudes.map((column) => columns[column]!),
  };
}

/** Positions of successive coordinates among others, of which the last may be followed by the first. */
function stretchOf(all: Float64Array, wanted: Float64Array): Int32Array | undefined {
  const first = all.findIndex((value) => isNear(value, wanted[0]!));
  const positions = Int32Array.from(wanted, (_, i) => (first + i) % all.length);
  const isThere = first >= 0 && wanted.length <= all.length;
  return isThere && wanted.every((value, i) => isNear(all[positions[i]!]!, value)) ? positions : undefined;
}
