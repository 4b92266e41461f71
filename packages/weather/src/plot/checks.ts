import { NextscaleError } from "@nextscale/engine";
import type { Grid } from "../grid/grid.js";
import { checkField } from "../verification/case.js";
import { extentOf } from "./colours.js";

/** @throws NextscaleError `shape` for a field that is not of the grid, `invalid-data` for an infinite value */
export function requireField(where: string, what: string, field: Float32Array, grid: Grid): void {
  checkField(where, what, field, { grid, channels: ["field"] });
}

/**
 * Least and largest finite value of all.
 *
 * @throws NextscaleError `invalid-data` when there is none
 */
export function requireExtent(where: string, values: readonly ArrayLike<number>[]): readonly [number, number] {
  const extent = extentOf(values);
  if (extent !== undefined) return extent;
  throw new NextscaleError({ code: "invalid-data", where, expected: "a value to draw", got: "masked ones only" });
}

/** @throws NextscaleError `shape` for another length */
export function requireLength(where: string, what: string, values: ArrayLike<unknown>, length: number): void {
  if (values.length === length) return;
  throw new NextscaleError({ code: "shape", where, expected: `${what} of ${length} values`, got: `${values.length}` });
}
