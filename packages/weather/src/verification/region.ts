import type { Grid } from "../grid/grid.js";
import { invalid } from "./case.js";

/** A part of the globe that gets a score of its own. */
export interface ScoreRegion {
  readonly name: string;
  /** Cell centres from south to north, degrees, both included. All unless told. */
  readonly latitudes?: readonly [south: number, north: number];
  /** Cell centres from west eastwards to east, degrees, both included; `[350, 10]` goes over 0. All unless told. */
  readonly longitudes?: readonly [west: number, east: number];
  /** Share of each cell that belongs, [latitude][longitude], 0 to 1: a land mask for example. */
  readonly mask?: ArrayLike<number>;
}

/** The whole grid. */
export const WHOLE_GRID: ScoreRegion = { name: "global" };

/** The globe, the tropics and the two extratropics, parted at 20 degrees as in WeatherBench 2. */
export const STANDARD_REGIONS: readonly ScoreRegion[] = [
  WHOLE_GRID,
  { name: "tropics", latitudes: [-20, 20] },
  { name: "northern-extratropics", latitudes: [20, 90] },
  { name: "southern-extratropics", latitudes: [-90, -20] },
];

/**
 * Area of each cell that belongs to a region, [latitude][longitude], as a multiple of the grid's mean cell.
 *
 * @throws NextscaleError `invalid-argument` for a region without a cell, or a mask of the wrong length or beyond 0 to 1
 */
export function regionWeights(grid: Grid, region: ScoreRegion): Float64Array {
  const where = "weather/regionWeights";
  const { latitudes, longitudes, areaWeights } = grid;
  const columns = longitudes.length;
  const { mask, latitudes: [south, north] = [-90, 90] } = region;
  if (mask !== undefined && mask.length !== latitudes.length * columns) {
    throw invalid(where, `a mask of ${latitudes.length} x ${columns} values`, `${mask.length}`);
  }
  const weights = new Float64Array(latitudes.length * columns);
  let total = 0;
  for (let cell = 0; cell < weights.length; cell++) {
    const row = Math.floor(cell / columns);
    const latitude = latitudes[row]!;
    const share = mask?.[cell] ?? 1;
    if (!(share >= 0 && share <= 1)) throw invalid(where, "a mask of shares from 0 to 1", `${share}`);
    const inside = latitude >= south && latitude <= north && isBetween(longitudes[cell % columns]!, region.longitudes);
    weights[cell] = inside ? areaWeights[row]! * share : 0;
    total += weights[cell]!;
  }
  if (!(total > 0)) throw invalid(where, `a region with at least one cell of the grid`, `${region.name} with none`);
  return weights;
}

function isBetween(longitude: number, range: ScoreRegion["longitudes"]): boolean {
  if (range === undefined || range[1] - range[0] >= 360) return true;
  return eastOf(range[0], longitude) <= eastOf(range[0], range[1]);
}

/** Degrees to go eastwards, 0 to 360. */
function eastOf(from: number, to: number): number {
  return (((to - from) % 360) + 360) % 360;
}
