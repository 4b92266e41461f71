import type { Grid } from "../grid/grid.js";
import type { TokenGrid } from "./displacement.js";

/** The tokens of one scale: the cells of the next coarser one. */
export interface ScaleTokens extends TokenGrid {
  /** Size of the fields that the scale refines. */
  readonly height: number;
  readonly width: number;
  /** Cells along a side of a token; at the base, where there is nothing coarser, a cell is a token. */
  readonly side: number;
  /** Number of tokens. */
  readonly count: number;
}

/**
 * The tokens of each scale, coarsest first: the base and a refinement for each factor.
 *
 * @param factors by how much each scale is finer than the one before, coarsest first
 */
export function scaleTokens(grid: Grid, factors: readonly number[]): readonly ScaleTokens[] {
  return [1, ...factors].map((side, k) => {
    const factor = factors.slice(k).reduce((product, one) => product * one, 1);
    const [height, width] = [grid.latitudes.length / factor, grid.longitudes.length / factor];
    const tokens = tokenGrid(grid, factor * side);
    return { height, width, side, count: tokens.latitudes.length * tokens.longitudes.length, ...tokens };
  });
}

/** Centres of tokens of so many cells a side. */
export function tokenGrid({ latitudes, longitudes }: Grid, side: number): TokenGrid {
  return { latitudes: groupMeans(latitudes, side), longitudes: groupMeans(longitudes, side) };
}

function groupMeans(values: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: values.length / size }, (_, i) => {
    return values.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value, 0) / size;
  });
}
