import { strided, type Coarsening, type GridArithmetic } from "@nextscale/refinement-core";
import type { Grid } from "../grid/grid.js";
import { sphericalCoarsening, type Expansion } from "./spherical-coarsening.js";

/**
 * The coarsening of a grid by some factors, powers of 2, each of which is one level.
 *
 * @param factors by how much each scale is finer than the one before, coarsest first
 */
export function fieldPyramid<X>(
  arithmetic: GridArithmetic<X>,
  grid: Grid,
  factors: readonly number[],
  expansion: Expansion,
): Coarsening<X> {
  const levels = [0];
  for (const factor of factors.toReversed()) levels.push(levels.at(-1)! + Math.log2(factor));
  return strided(sphericalCoarsening(arithmetic, grid, levels.at(-1)!, expansion), levels);
}
