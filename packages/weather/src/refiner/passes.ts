import type { Quantiser } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { FieldScale } from "./field-scales.js";
import type { CategoricalHeadConfig, ScalePasses } from "../config/head-config.js";
import { chessboard, nested } from "./token-order.js";
import type { ScaleTokens } from "./token-grids.js";

/** A pass over a scale. */
export interface Pass {
  /** Index of the scale. */
  readonly scale: number;
  /** 1 for the tokens that are there already, 0 for others [tokens]; undefined where none is. */
  readonly before: Float32Array | undefined;
  /** 1 for the tokens that are drawn [tokens]. */
  readonly own: Float32Array;
}

/** What a forecast visits, coarse to fine: each scale in the passes that it is to be drawn in. */
export function passesOver(tokens: readonly ScaleTokens[], passes: CategoricalHeadConfig["passes"]): readonly Pass[] {
  return tokens.flatMap((own, scale) => {
    return passesOf(scale, orderOf(own, typeof passes === "object" ? passes[scale]! : passes));
  });
}

function orderOf(tokens: ScaleTokens, passes: ScalePasses): Int32Array {
  return passes === "nested" ? nested(tokens) : chessboard(tokens, passes);
}

/** Passes over a scale, of which there may be empty ones on a grid of few tokens; they are left out. */
function passesOf(scale: number, order: Int32Array): readonly Pass[] {
  const numbers = [...new Set(order)].sort((a, b) => a - b);
  return numbers.map((number, i) => ({
    scale,
    before: i === 0 ? undefined : Float32Array.from(order, (own) => Number(own < number)),
    own: Float32Array.from(order, (own) => Number(own === number)),
  }));
}

/** The scales of `passes`: a scale that is drawn in parts goes on from its own state after the first. */
export function passScales(scales: readonly FieldScale[], passes: readonly Pass[]): readonly FieldScale[] {
  return passes.map(({ scale, before, own: mask }) => {
    const own = scales[scale]!;
    if (mask.every((drawn) => drawn === 1)) return own;
    const drawn = (value: tf.Tensor) => tf.mul(value, maskTensor(mask));
    return {
      context: (state) => (before === undefined ? own.context(state) : state),
      residual: (levels, context) => drawn(own.residual(levels, context)),
      refine: (state, value, context) => own.refine(state, drawn(value), context),
    };
  });
}

/** A quantiser of scales for the passes over them. */
export function passQuantiser<Value, Codes>(
  quantiser: Quantiser<Value, Codes>,
  passes: readonly Pass[],
): Quantiser<Value, Codes> {
  return {
    embed: (index, codes) => quantiser.embed(passes[index]!.scale, codes),
    quantise: (index, residual) => quantiser.quantise(passes[index]!.scale, residual),
  };
}

/** A mask of tokens as a tensor [1, tokens, 1]. */
export function maskTensor(mask: Float32Array): tf.Tensor {
  return tf.tensor3d(mask, [1, mask.length, 1]);
}
