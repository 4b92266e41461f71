import { multiScaleScales, tensorGrid, type AccumulationScale } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { GridShape, Space } from "./space.js";
import { inTokens, tokenGrid } from "./tokens.js";

/**
 * The scales of the multi-scale quantiser over latents: down by area averages, up by bicubic interpolation. Without convolutions
 * after it the finest scale takes what is left as it is, so residuals that are not quantised add up to the latents exactly.
 *
 * @param sides coarsest first; the last is the latents' own
 */
export function latentSpace(sides: readonly number[], channels: number): Space {
  return spaceOf(sides, channels, () => multiScaleScales(tensorGrid, { sizes: sides.map((side) => [side, side]) }));
}

/**
 * The scales of the bundled tokeniser, its convolutions included.
 *
 * @param scales made anew in each trace
 */
export function tokeniserSpace(
  sides: readonly number[],
  channels: number,
  scales: () => readonly AccumulationScale<tf.Tensor>[],
): Space {
  return spaceOf(sides, channels, scales);
}

function spaceOf(
  sides: readonly number[],
  channels: number,
  scales: () => readonly AccumulationScale<tf.Tensor>[],
): Space {
  const tokens = sides.map((side) => tokenGrid(side, 1, channels));
  const state: GridShape = [sides.at(-1)!, sides.at(-1)!, channels];
  return {
    tokens,
    states: [...sides.map(() => state), state],
    scales: () =>
      scales().map(({ context, residual, refine }, k) =>
        inTokens(tokens[k]!, { context, residual: ([data], found) => residual(data!, found), refine }),
      ),
    data: (finest) => [finest],
  };
}
