import * as tf from "@tensorflow/tfjs-core";
import type { Encoding } from "../refiner/field-refiner.js";
import { maskTensor, type Pass } from "../refiner/passes.js";
import type { ScaleTokens } from "../refiner/token-grids.js";
import type { NetworkOnStates } from "./head.js";

/** What the network says of the codes of a pass: logits [B, tokens, dimensions, levels] of all tokens of its scale. */
export function logitsOf(
  network: NetworkOnStates,
  tokens: readonly ScaleTokens[],
  { scale, before }: Pass,
  { dimensions, levels }: { readonly dimensions: number; readonly levels: number },
  context: tf.Tensor,
  encoding: Encoding,
): tf.Tensor {
  const own = tokens[scale]!;
  const drawn = before === undefined ? undefined : maskTensor(before);
  const output = network.refine(scale, context, encoding, drawn);
  return tf.reshape(output, [network.items, own.count, dimensions, levels]);
}
