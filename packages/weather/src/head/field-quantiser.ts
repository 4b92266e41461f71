import { f32 } from "@nextscale/engine";
import {
  residualQuantiser,
  transformQuantiser,
  vectorQuantiser,
  type Quantiser,
  type TypesOf,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
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
  const scales = weights.map(({ vectors }) => {
    const stages = apart(vectors!, 0).map((stage) => vectorQuantiser([stage]));
    return residualQuantiser(stages, { add: (a, b) => tf.add(a, b), subtract: (a, b) => tf.sub(a, b) });
  });
  return {
    embed: (k, codes) => scales[k]!.embed(0, apart(codes, 2)),
    quantise(k, residual) {
      const { codes, value } = scales[k]!.quantise(0, residual);
      return { codes: tf.stack([...codes], 2), value };
    },
  };
}

/** Types of the quantiser's weights. @param widths of the tokens of each scale */
export function quantiserTypes(config: FieldQuantiserConfig, widths: readonly number[]): TypesOf<HeadWeights> {
  return codeShapes(config).map(({ dimensions, levels }, k): TypesOf<HeadWeights>[number] => {
    const width = widths[k]!;
    if (config.kind === "vector") return { vectors: f32(dimensions, levels, width) };
    return { axes: f32(dimensions, width), centroids: f32(dimensions, levels) };
  });
}

/** The slices of a tensor along an axis. */
function apart(stacked: tf.Tensor, axis: number): readonly tf.Tensor[] {
  const shape = stacked.shape.filter((_, at) => at !== axis);
  return tf.split(stacked, stacked.shape[axis]!, axis).map((part) => tf.reshape(part, shape));
}
