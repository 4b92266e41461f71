import * as tf from "@tensorflow/tfjs-core";
import type { Encoding, FieldRefiner, FieldRefinerParameters } from "../refiner/field-refiner.js";
import { maskOf, type Pass } from "../refiner/passes.js";

/** What the network says of the codes of a pass: logits [B, tokens, dimensions, levels] of all tokens of its scale. */
export function logitsOf(
  refiner: FieldRefiner,
  params: FieldRefinerParameters,
  { scale, first }: Pass,
  { dimensions, levels }: { readonly dimensions: number; readonly levels: number },
  context: tf.Tensor,
  encoding: Encoding,
): tf.Tensor {
  const tokens = refiner.scales[scale]!;
  const drawn = first === 0 ? undefined : maskOf(tokens, 0, first);
  const output = refiner.refine(params, scale, context, encoding, drawn);
  return tf.reshape(output, [context.shape[0], tokens.count, dimensions, levels]);
}
