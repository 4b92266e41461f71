import type { Grid } from "../grid/grid.js";
import type { TokenGrid } from "./displacement.js";

/** As much of a pyramid as decides on its tokens. */
export interface PyramidTokens {
  /** By how much each scale is finer than the one before, coarsest first. */
  readonly factors: readonly number[];
  /** Cells along a side of a token of the base. */
  readonly baseSide: number;
}

/** The tokens of one scale: the cells of the next coarser one, or blocks of the base, where there is none. */
export interface ScaleTokens extends TokenGrid {
  /** Size of the fields that the scale refines. */
  readonly height: number;
  readonly width: number;
  /** Cells along a side of a token. */
  readonly side: number;
  /** Number of tokens. */
  readonly count: number;
}

/** The tokens of each scale, coarsest first: the base and a refinement for each factor. */
export function scaleTokens(grid: Grid, { factors, baseSide }: PyramidTokens): readonly ScaleTokens[] {
  return [baseSide, ...factors].map((side, k) => {
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
