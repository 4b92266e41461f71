import type { Quantiser } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { FieldScale } from "./field-scales.js";
import type { ScaleTokens } from "./token-grids.js";

/**
 * The codes of a scale are drawn independently of each other, which at the finest scale leaves a seam between any two tokens.
 * So its tokens have four colours, and may be drawn in one, two or four passes, each of which sees what the passes before it
 * have drawn. Tokens of the first two colours are the black fields of a chessboard.
 */
export const COLOURS = 4;

/** A pass over a scale: which colours are there already, and which are drawn. */
export interface Pass {
  /** Index of the scale. */
  readonly scale: number;
  /** Colours below this one are there already. */
  readonly first: number;
  /** Colours from `first` up to this one, exclusive, are drawn. */
  readonly end: number;
}

/** What a forecast visits: every scale once, but the finest in so many passes. */
export function passesOver(scales: number, passes: number): readonly Pass[] {
  const whole = Array.from({ length: scales - 1 }, (_, scale) => ({ scale, first: 0, end: COLOURS }));
  const share = COLOURS / passes;
  const parts = Array.from({ length: passes }, (_, i) => ({
    scale: scales - 1,
    first: i * share,
    end: (i + 1) * share,
  }));
  return [...whole, ...parts];
}

/** 1 for the tokens whose colour is one of `first` to `end`, exclusive, 0 for others, [tokens]. */
export function colourMask({ latitudes, longitudes }: ScaleTokens, first: number, end: number): Float32Array {
  const rows = latitudes.length;
  return Float32Array.from({ length: rows * longitudes.length }, (_, token) => {
    const [oddRow, oddColumn] = [(token % rows) % 2, Math.floor(token / rows) % 2];
    const colour = oddRow === oddColumn ? oddRow : 2 + oddRow;
    return Number(colour >= first && colour < end);
  });
}

/** The scales of `passes`: a scale that is drawn in parts goes on from its own state after the first. */
export function passScales(
  scales: readonly FieldScale[],
  tokens: readonly ScaleTokens[],
  passes: readonly Pass[],
): readonly FieldScale[] {
  return passes.map(({ scale, first, end }) => {
    const own = scales[scale]!;
    if (first === 0 && end === COLOURS) return own;
    const drawn = (value: tf.Tensor) => tf.mul(value, maskOf(tokens[scale]!, first, end));
    return {
      context: (state) => (first === 0 ? own.context(state) : state),
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

/** `colourMask` as a tensor [1, tokens, 1]. */
export function maskOf(tokens: ScaleTokens, first: number, end: number): tf.Tensor {
  return tf.tensor3d(colourMask(tokens, first, end), [1, tokens.count, 1]);
}
