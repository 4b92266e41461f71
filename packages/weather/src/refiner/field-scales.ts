import { laplacianScales, tensorGrid, type LaplacianScale, type Scale } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { Grid } from "../grid/grid.js";
import { sphericalCoarsening, type Expansion } from "../pyramid/spherical-coarsening.js";
import { fromBlocks, fromTokens, toBlocks, toTokens } from "./field-tokens.js";
import type { ScaleTokens } from "./token-grids.js";

/** Scales of fields [B, H, W, C] whose values are the blocks that are coded, [B, blocks, cells * C]; data are the levels of a Gaussian pyramid. */
export type FieldScale = Scale<readonly tf.Tensor[], tf.Tensor, tf.Tensor, tf.Tensor>;

/** The scales of a spherical pyramid, coarsest first, with residuals as blocks, which is how they are coded. */
export function fieldScales(
  grid: Grid,
  tokens: readonly ScaleTokens[],
  expansion: Expansion = "bilinear",
): readonly FieldScale[] {
  const depth = tokens.length - 1;
  const coarsening = sphericalCoarsening(tensorGrid, grid, depth, expansion);
  return laplacianScales(coarsening, depth).map((scale: LaplacianScale<tf.Tensor, tf.Tensor>, k) => {
    const size = tokens[k]!;
    return {
      context: (state) => scale.context(state),
      residual: (levels, context) => toBlocks(toTokens(scale.residual(levels, context), size.side), size.side),
      refine: (state, value, context) =>
        scale.refine(state, fromTokens(fromBlocks(value, size.side), size, size.side), context),
    };
  });
}
