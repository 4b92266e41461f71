import type { Coarsening } from "./coarsening.js";

/** How far to coarsen: a number of steps, or until a level satisfies a predicate (a graph of one node). */
export type Depth<X> = number | ((level: X) => boolean);

/** The band-pass levels of eq. 8, finest first, and the coarsest level that they refine. */
export interface LaplacianPyramid<X, R = X> {
  readonly coarsest: X;
  readonly residuals: readonly R[];
}

/** L^(0), ..., L^(S) of eq. 13, finest first. */
export function gaussianPyramid<X, R>(coarsening: Coarsening<X, R>, finest: X, depth: Depth<X>): readonly X[] {
  const levels = [finest];
  for (let level = 0, fine = finest; !isCoarsest(depth, fine, level); level++) {
    fine = coarsening.coarsen(fine, level);
    levels.push(fine);
  }
  return levels;
}

/** R^(0), ..., R^(S-1) of eq. 14, each against the exact coarser level, and L^(S). */
export function laplacianPyramid<X, R>(
  coarsening: Coarsening<X, R>,
  finest: X,
  depth: Depth<X>,
): LaplacianPyramid<X, R> {
  const levels = gaussianPyramid(coarsening, finest, depth);
  const residuals = levels
    .slice(0, -1)
    .map((fine, level) => coarsening.subtract(fine, coarsening.expand(levels[level + 1]!, level), level));
  return { coarsest: levels[levels.length - 1]!, residuals };
}

/**
 * Expand and add, eq. 9. Gives back what `laplacianPyramid` took apart, whatever `expand` does: what an expansion gets
 * wrong, its residual holds.
 */
export function reconstruct<X, R>(coarsening: Coarsening<X, R>, pyramid: LaplacianPyramid<X, R>): X {
  return pyramid.residuals.reduceRight<X>(
    (coarse, residual, level) => coarsening.add(coarsening.expand(coarse, level), residual, level),
    pyramid.coarsest,
  );
}

function isCoarsest<X>(depth: Depth<X>, level: X, index: number): boolean {
  return typeof depth === "number" ? index >= depth : depth(level);
}
