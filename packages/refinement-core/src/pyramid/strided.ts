import type { Coarsening } from "./coarsening.js";

/**
 * Some levels of a pyramid, those between them passed over: one scale then refines by several halvings at once. Level j is
 * level `levels[j]` of the whole pyramid.
 *
 * @param levels ascending, from 0 for the finest
 */
export function strided<X, R>(coarsening: Coarsening<X, R>, levels: readonly number[]): Coarsening<X, R> {
  const between = (level: number): readonly number[] => {
    const [from, to] = [levels[level]!, levels[level + 1]!];
    return Array.from({ length: to - from }, (_, i) => from + i);
  };
  return {
    coarsen: (fine, level) => between(level).reduce((x, at) => coarsening.coarsen(x, at), fine),
    expand: (coarse, level) => between(level).reduceRight((x, at) => coarsening.expand(x, at), coarse),
    subtract: (fine, guess, level) => coarsening.subtract(fine, guess, levels[level]!),
    add: (guess, residual, level) => coarsening.add(guess, residual, levels[level]!),
  };
}
