import type { Scale } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";

/** How the grid of a scale is divided into tokens, one a site of the transformer. */
export interface TokenGrid {
  /** Of the grid, and of the square of cells that is one token. */
  readonly side: number;
  readonly patch: number;
  /** Of a cell. */
  readonly channels: number;
  /** Tokens along either axis, tokens in all, and numbers in one. */
  readonly rows: number;
  readonly sites: number;
  readonly width: number;
}

/** The tokens of a grid. @param patch divides the side */
export function tokenGrid(side: number, patch: number, channels: number): TokenGrid {
  const rows = side / patch;
  return { side, patch, channels, rows, sites: rows ** 2, width: patch ** 2 * channels };
}

/** Grids [B, side, side, C] to tokens [B, sites, width], both row-major. */
export function toTokens({ rows, patch, channels, sites, width }: TokenGrid, grid: tf.Tensor): tf.Tensor {
  if (patch === 1) return tf.reshape(grid, [-1, sites, width]);
  const blocks = tf.reshape(grid, [-1, rows, patch, rows, patch * channels]);
  return tf.reshape(tf.transpose(blocks, [0, 1, 3, 2, 4]), [-1, sites, width]);
}

/** The inverse of `toTokens`. */
export function fromTokens({ rows, patch, channels, side }: TokenGrid, tokens: tf.Tensor): tf.Tensor {
  if (patch === 1) return tf.reshape(tokens, [-1, side, side, channels]);
  const blocks = tf.reshape(tokens, [-1, rows, rows, patch, patch * channels]);
  return tf.reshape(tf.transpose(blocks, [0, 1, 3, 2, 4]), [-1, side, side, channels]);
}

/** A scale whose data are levels or one grid, and whose contexts and values are tokens [B, sites, width]. */
export type TokenScale = Scale<readonly tf.Tensor[], tf.Tensor, tf.Tensor, tf.Tensor>;

/** A scale of grids as one of tokens. */
export function inTokens(
  grid: TokenGrid,
  scale: Scale<readonly tf.Tensor[], tf.Tensor, tf.Tensor, tf.Tensor>,
): TokenScale {
  return {
    context: (state) => toTokens(grid, scale.context(state)),
    residual: (data, context) => toTokens(grid, scale.residual(data, fromTokens(grid, context))),
    refine: (state, value, context) => scale.refine(state, fromTokens(grid, value), fromTokens(grid, context)),
  };
}
