import { laplacianScales, tensorGrid, type Scale } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { Grid } from "../grid/grid.js";
import { fieldPyramid } from "../pyramid/field-pyramid.js";
import type { Expansion } from "../pyramid/spherical-coarsening.js";
import { fromTokens, toTokens } from "./field-tokens.js";
import { scaleTokens, type PyramidTokens } from "./token-grids.js";

/** Scales of fields [B, H, W, C] whose values are tokens [B, n, side * side * C]; data are the levels of a Gaussian pyramid. */
export type FieldScale = Scale<readonly tf.Tensor[], tf.Tensor, tf.Tensor, tf.Tensor>;

/** The scales of a spherical pyramid, coarsest first, with residuals as tokens, which is how they are coded. */
export function fieldScales(
  grid: Grid,
  pyramid: PyramidTokens & { readonly expansion: Expansion },
): readonly FieldScale[] {
  const { factors, expansion } = pyramid;
  const tokens = scaleTokens(grid, pyramid);
  return laplacianScales(fieldPyramid(tensorGrid, grid, factors, expansion), factors.length).map((scale, k) => {
    const size = tokens[k]!;
    return {
      context: (state) => scale.context(state),
      residual: (levels, context) => toTokens(scale.residual(levels, context), size.side),
      refine: (state, value, context) => scale.refine(state, fromTokens(value, size, size.side), context),
    };
  });
}
