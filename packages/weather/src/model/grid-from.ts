import type * as z from "zod";
import type { gridConfigSchema } from "../config/config.js";
import { equiangularGrid, equiangularGridWithPoles, gaussianGrid, regionalGrid, type Grid } from "../grid/grid.js";

type GridConfig = Readonly<z.infer<typeof gridConfigSchema>>;

/** The grid that a configuration describes. */
export function gridFrom({ kind, latitudes, longitudes }: GridConfig): Grid {
  switch (kind) {
    case "equiangular":
      return equiangularGrid(latitudes.length, longitudes.length);
    case "equiangular-with-poles":
      return equiangularGridWithPoles(latitudes.length, longitudes.length);
    case "gaussian":
      return gaussianGrid(latitudes.length, longitudes.length);
    case "regional":
      return regionalGrid(latitudes, longitudes);
    default:
      throw new Error(`internal: unknown grid ${String(kind satisfies never)}`);
  }
}

/** How a configuration describes a grid. */
export function gridConfig({ kind, latitudes, longitudes }: Grid): GridConfig {
  return { kind, latitudes: Array.from(latitudes), longitudes: Array.from(longitudes) };
}
