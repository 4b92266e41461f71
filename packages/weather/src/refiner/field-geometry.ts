import type { WeatherModelConfig } from "../config/config.js";
import type { Grid } from "../grid/grid.js";
import { gridFrom } from "../model/grid-from.js";
import { fieldScales, type FieldScale } from "./field-scales.js";
import { scaleTokens, type ScaleTokens } from "./token-grids.js";

/** Grid, scales and tokens of a model. */
export interface FieldGeometry {
  readonly grid: Grid;
  readonly channels: number;
  readonly pyramid: WeatherModelConfig["pyramid"];
  /** Coarsest first. */
  readonly scales: readonly FieldScale[];
  readonly tokens: readonly ScaleTokens[];
}

/** What follows from the grid and the pyramid of a model. */
export function fieldGeometry({
  grid: described,
  channels,
  pyramid,
}: Pick<WeatherModelConfig, "grid" | "channels" | "pyramid">): FieldGeometry {
  const grid = gridFrom(described);
  return {
    grid,
    channels: channels.length,
    pyramid,
    scales: fieldScales(grid, pyramid),
    tokens: scaleTokens(grid, pyramid),
  };
}
