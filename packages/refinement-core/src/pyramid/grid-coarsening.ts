import { NextscaleError } from "@nextscale/engine";
import type { Coarsening } from "./coarsening.js";
import { gaussianDown, gaussianUp, halved, type AxisKind } from "./gaussian.js";
import type { GridArithmetic, GridOperator } from "./grid-operator.js";

/** One step of a grid pyramid: down from a level to the next coarser one, and up again. */
export interface GridStep {
  readonly down: GridOperator;
  readonly up: GridOperator;
}

/**
 * A coarsening of grids [N, H, W, C] by separable linear maps, one step for each level but the coarsest.
 *
 * @param arithmetic `tensorGrid` or `hostGrid`
 * @throws NextscaleError `invalid-argument` from its functions for a level that has no step
 */
export function gridCoarsening<X>(arithmetic: GridArithmetic<X>, steps: readonly GridStep[]): Coarsening<X> {
  const step = (level: number): GridStep => {
    const found = steps[level];
    if (found !== undefined) return found;
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/gridCoarsening",
      expected: `a level below the ${steps.length} steps that were given`,
      got: `${level}`,
      fix: "coarsen fewer times or give more steps",
    });
  };
  return {
    coarsen: (fine, level) => arithmetic.apply(step(level).down, fine),
    expand: (coarse, level) => arithmetic.apply(step(level).up, coarse),
    subtract: (fine, guess) => arithmetic.subtract(fine, guess),
    add: (guess, residual) => arithmetic.add(guess, residual),
  };
}

/** Height and width of a grid. */
export type GridSize = readonly [height: number, width: number];

/**
 * The steps of Burt and Adelson's pyramid (section 2.3, eq. 7 and 8): sizes halve, rounding up.
 *
 * @param kinds of the two axes; a latitude-longitude grid is `["bounded", "periodic"]`
 * @throws NextscaleError `invalid-argument` when a periodic axis gets an odd size greater than 1
 */
export function gaussianSteps(
  [height, width]: GridSize,
  depth: number,
  [vertical, horizontal]: readonly [AxisKind, AxisKind] = ["bounded", "bounded"],
): readonly GridStep[] {
  if (depth === 0) return [];
  const step = {
    down: { rows: gaussianDown(height, vertical), columns: gaussianDown(width, horizontal) },
    up: { rows: gaussianUp(height, vertical), columns: gaussianUp(width, horizontal) },
  };
  return [step, ...gaussianSteps([halved(height), halved(width)], depth - 1, [vertical, horizontal])];
}
