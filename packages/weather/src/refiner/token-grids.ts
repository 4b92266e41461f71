import type { Grid } from "../grid/grid.js";
import type { TokenGrid } from "./displacement.js";
import { blockSide } from "./field-tokens.js";

/** The tokens of one scale. */
export interface ScaleTokens extends TokenGrid {
  /** Size of the fields that the scale refines. */
  readonly height: number;
  readonly width: number;
  /** Cells along a side of a token. */
  readonly side: number;
  /** Codes are of blocks of 2 x 2 cells, of single cells at the base: how many there are in all tokens. */
  readonly blocks: number;
}

/**
 * The tokens of each scale of a pyramid of `depth` halvings, coarsest first: the base and `depth` refinements.
 *
 * @param sides cells along a side of a token of each scale; 1 at the base, even elsewhere
 */
export function scaleTokens(grid: Grid, depth: number, sides: readonly number[]): readonly ScaleTokens[] {
  return Array.from({ length: depth + 1 }, (_, k) => {
    const factor = 2 ** (depth - k);
    const side = sides[k]!;
    const [height, width] = [grid.latitudes.length / factor, grid.longitudes.length / factor];
    return { height, width, side, blocks: (height * width) / blockSide(side) ** 2, ...tokenGrid(grid, factor * side) };
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
