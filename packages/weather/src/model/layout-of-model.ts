import type { WeatherModelConfig } from "../config/config.js";
import type { FieldLayout } from "../verification/case.js";
import { gridFrom } from "./grid-from.js";

/** The channels and the grid of a model's states. */
export function layoutOfModel({ grid, channels }: Pick<WeatherModelConfig, "grid" | "channels">): FieldLayout {
  return { grid: gridFrom(grid), channels };
}
