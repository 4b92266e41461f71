import type { Coarsening } from "../pyramid/coarsening.js";
import type { Scale } from "./scale.js";

/** Scales of the paper's form (eq. 13 to 19): the state is the reconstruction at the current level's own resolution. */
export type LaplacianScale<X, R, G = X> = Scale<readonly X[], X, G, R>;

/**
 * The scales of a pyramid of `depth` steps, coarsest first: the base, L^(S) against the state that the walk starts
 * from, then the residuals of levels S-1 to 0 against the expanded coarser level.
 *
 * Data are the levels of `gaussianPyramid`, finest first. A walk over them starts from a state of the coarsest level;
 * zeros there make the base code L^(S) itself. Where the coarsest level is known, as a graph's single node is, leave
 * the base out: `.slice(1)`.
 */
export function laplacianScales<X, R>(coarsening: Coarsening<X, R>, depth: number): readonly LaplacianScale<X, R>[] {
  const refinements = Array.from({ length: depth }, (_, i) => refinementScale(coarsening, depth - 1 - i));
  return [sameLevelScale(coarsening, depth), ...refinements];
}

/** The scale that brings a state from `level + 1` to `level`. */
export function refinementScale<X, R, G>(coarsening: Coarsening<X, R, G>, level: number): LaplacianScale<X, R, G> {
  return {
    context: (state) => coarsening.expand(state, level),
    residual: (levels, context) => coarsening.subtract(levels[level]!, context, level),
    refine: (_, value, context) => coarsening.add(context, value, level),
  };
}

/** A scale that refines `level` once more at its own resolution: the base, or a further stage of residual quantisation. */
export function sameLevelScale<X, R>(coarsening: Coarsening<X, R>, level: number): LaplacianScale<X, R> {
  return {
    context: (state) => state,
    residual: (levels, context) => coarsening.subtract(levels[level]!, context, level),
    refine: (_, value, context) => coarsening.add(context, value, level),
  };
}
