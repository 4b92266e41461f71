import type { WeatherModelConfig } from "../config/config.js";
import type { Grid } from "../grid/grid.js";
import type { TokenGrid } from "./displacement.js";
import { square, type Block } from "./field-tokens.js";

/** The part of a pyramid that tells what is a token. */
export type Tokens = Pick<WeatherModelConfig["pyramid"], "factors" | "base">;

/** The tokens of one scale: the cells of the next coarser one, or at the base its own cells, or all of them. */
export interface ScaleTokens extends TokenGrid {
  /** Size of the fields that the scale refines. */
  readonly height: number;
  readonly width: number;
  /** Cells of a token. */
  readonly block: Block;
  /** Number of tokens. */
  readonly count: number;
}

/** The tokens of each scale, coarsest first: the base and a refinement for each factor. */
export function scaleTokens(grid: Grid, { factors, base }: Tokens): readonly ScaleTokens[] {
  return [1, ...factors].map((side, k) => {
    const factor = factors.slice(k).reduce((product, one) => product * one, 1);
    const [height, width] = [grid.latitudes.length / factor, grid.longitudes.length / factor];
    const block = k === 0 && base === "whole" ? { rows: height, columns: width } : square(side);
    const tokens = tokenGrid(grid, { rows: factor * block.rows, columns: factor * block.columns });
    return { height, width, block, count: tokens.latitudes.length * tokens.longitudes.length, ...tokens };
  });
}

/** Cells of a token. */
export function cellsOf({ block }: Pick<ScaleTokens, "block">): number {
  return block.rows * block.columns;
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
