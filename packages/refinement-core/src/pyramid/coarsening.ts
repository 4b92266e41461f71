/**
 * What a domain brings: how a state of its own becomes coarser and what is expected of a finer one. `X` is a level's
 * state (a grid tensor, a graph, fields on a sphere), `R` what the expectation misses, `G` the expectation where it is not such
 * a state itself: all edges that a graph could have.
 *
 * Levels count from the finest, 0, as in the paper; `level` always names the finer of the two levels involved. The one
 * law: add(g, subtract(x, g)) is x, for any guess g that `expand` may return. Nothing is asked of `expand` itself.
 */
export interface Coarsening<X, R = X, G = X> {
  /** S_{level+1} of eq. 13: from `level` to `level + 1`. */
  coarsen(fine: X, level: number): X;
  /** U_{level+1} of eq. 14: the guess at `level` that level `level + 1` implies. */
  expand(coarse: X, level: number): G;
  /** The residual of `fine` against a guess, eq. 14. */
  subtract(fine: X, guess: G, level: number): R;
  /** The guess corrected by a residual, eq. 19. */
  add(guess: G, residual: R, level: number): X;
}
