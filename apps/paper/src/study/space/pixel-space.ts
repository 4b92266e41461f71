import {
  gaussianDown,
  gaussianPyramid,
  gaussianUp,
  gridCoarsening,
  halved,
  identityMatrix,
  laplacianScales,
  multiplyMatrices,
  tensorGrid,
  type GridStep,
} from "@nextscale/refinement-core";
import type { GridShape, Space } from "./space.js";
import { inTokens, tokenGrid } from "./tokens.js";

/** Most tokens along an axis: no scale has more than 49 sites. */
const MOST_ROWS = 7;

/**
 * The Laplacian pyramid of section 4 (blur with [1, 4, 6, 4, 1]/16, every other sample; eq. 7 to 9) over levels of these sides.
 * Sides between two that are named are passed by, as [1, 2, 4, 7, 28] passes by 14: so pixels have as many scales as latents.
 *
 * @param sides coarsest first, each what some halvings of the last give
 */
export function pixelSpace(sides: readonly number[]): Space {
  const depth = sides.length - 1;
  const finestFirst = sides.toReversed();
  const steps = finestFirst.slice(1).map((coarse, level) => decimation(finestFirst[level]!, coarse));
  const coarsening = gridCoarsening(tensorGrid, steps);
  const tokens = sides.map((side) => tokenGrid(side, Math.ceil(side / MOST_ROWS), 1));
  const shapes = sides.map((side): GridShape => [side, side, 1]);
  return {
    tokens,
    // The walk starts from nothing at the coarsest level; after a scale the state has that scale's level.
    states: [shapes[0]!, ...shapes],
    scales: () => laplacianScales(coarsening, depth).map((scale, k) => inTokens(tokens[k]!, scale)),
    data: (finest) => gaussianPyramid(coarsening, finest, depth),
  };
}

/** Down from a side to a coarser one in halvings, and up again. */
function decimation(fine: number, coarse: number): GridStep {
  let [down, up] = [identityMatrix(fine), identityMatrix(fine)];
  for (let side = fine; side > coarse; side = halved(side)) {
    down = multiplyMatrices(gaussianDown(side), down);
    up = multiplyMatrices(up, gaussianUp(side));
  }
  return { down: { rows: down, columns: down }, up: { rows: up, columns: up } };
}
