import type { Quantiser } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { FieldScale } from "./field-scales.js";
import { allAtOnce, chessboard, nested } from "./token-order.js";
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

/** How the tokens of the finest and of the coarsest scale are drawn. */
export interface PassesConfig {
  readonly passes: 1 | 2 | 4;
  readonly base?: "nested" | undefined;
}

/** What a forecast visits: every scale once, but for the finest and the coarsest, which may be drawn in several passes. */
export function passesOver(tokens: readonly ScaleTokens[], { passes, base }: PassesConfig): readonly Pass[] {
  return tokens.flatMap((own, scale) => {
    if (scale === 0 && base === "nested") return passesOf(scale, nested(own));
    return passesOf(scale, scale === tokens.length - 1 ? chessboard(own, passes) : allAtOnce(own));
  });
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
