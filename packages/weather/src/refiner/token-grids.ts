import type { Grid } from "../grid/grid.js";
import type { TokenGrid } from "./displacement.js";
import { square, type Block } from "./field-tokens.js";

/** As much of a pyramid as decides on its tokens. */
export interface PyramidTokens {
  /** By how much each scale is finer than the one before, coarsest first. */
  readonly factors: readonly number[];
  /** Cells along a side of a token of the base, or all of them. */
  readonly baseSide: number | "whole";
}

/** The tokens of one scale: the cells of the next coarser one, or blocks of the base, where there is none. */
export interface ScaleTokens extends TokenGrid {
  /** Size of the fields that the scale refines. */
  readonly height: number;
  readonly width: number;
  /** Cells of a token. */
  readonly block: Block;
  /** Means of what the encoder says of the state that a token sees: one, or where it is the whole base, one of each cell. */
  readonly seen: Block;
  /** Number of tokens. */
  readonly count: number;
}

/** The tokens of each scale, coarsest first: the base and a refinement for each factor. */
export function scaleTokens(grid: Grid, { factors, baseSide }: PyramidTokens): readonly ScaleTokens[] {
  return [baseSide, ...factors].map((side, k) => {
    const factor = factors.slice(k).reduce((product, one) => product * one, 1);
    const [height, width] = [grid.latitudes.length / factor, grid.longitudes.length / factor];
    const block = side === "whole" ? { rows: height, columns: width } : square(side);
    const seen = side === "whole" ? block : square(1);
    const tokens = tokenGrid(grid, { rows: factor * block.rows, columns: factor * block.columns });
    return { height, width, block, seen, count: tokens.latitudes.length * tokens.longitudes.length, ...tokens };
  });
}

/** Number of cells of a block. */
export function cellsOf({ rows, columns }: Block): number {
  return rows * columns;
}

/** Centres of tokens of so many cells. */
export function tokenGrid({ latitudes, longitudes }: Grid, { rows, columns }: Block): TokenGrid {
  return { latitudes: groupMeans(latitudes, rows), longitudes: groupMeans(longitudes, columns) };
}

function groupMeans(values: Float64Array, size: number): Float64Array {
  return Float64Array.from({ length: values.length / size }, (_, i) => {
    return values.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + value, 0) / size;
  });
}
