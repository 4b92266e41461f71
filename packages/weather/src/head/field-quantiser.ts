import { f32 } from "@nextscale/engine";
import { residualVectorQuantiser, transformQuantiser, type Quantiser, type TypesOf } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { codeShapes, type FieldQuantiserConfig } from "../config/head-config.js";
import type { HeadWeights } from "./head.js";

/**
 * The quantiser of a model: tokens [B, n, width] and int32 codes [B, n, dimensions].
 *
 * @param weights of as many scales as there are
 */
export function fieldQuantiser(config: FieldQuantiserConfig, weights: HeadWeights): Quantiser<tf.Tensor, tf.Tensor> {
  if (config.kind === "transform") {
    const codebooks = weights.map(({ axes, centroids }) => ({ axes: axes!, centroids: centroids! }));
    return transformQuantiser(codebooks, config.step);
  }
  return residualVectorQuantiser(weights.map(({ vectors }) => vectors!));
}

/** Types of the quantiser's weights. @param widths of the tokens of each scale */
export function quantiserTypes(config: FieldQuantiserConfig, widths: readonly number[]): TypesOf<HeadWeights> {
  return codeShapes(config).map(({ dimensions, levels }, k): TypesOf<HeadWeights>[number] => {
    const width = widths[k]!;
    if (config.kind === "vector") return { vectors: f32(dimensions, levels, width) };
    return { axes: f32(dimensions, width), centroids: f32(dimensions, levels) };
  });
}
