import * as tf from "@tensorflow/tfjs-core";

/*
 * Fields as the tokens of a transformer. A token is a block of side x side cells, row-major within, channels last. Tokens run
 * along the meridians: all of the westernmost column of blocks from south to north, then the next column. So a window of
 * neighbouring columns, from pole to pole, is a stretch of consecutive tokens, and a shift round the globe is a rotation of
 * the sequence.
 */

/** Cells in a code's block: a parent's four, but at the base, where a code is a cell's own. */
export function blockSide(tokenSide: number): 1 | 2 {
  return tokenSide === 1 ? 1 : 2;
}

/** Fields [B, H, W, C] -> tokens [B, W/side * H/side, side * side * C]. */
export function toTokens(field: tf.Tensor, side: number): tf.Tensor {
  const [items = 0, height = 0, width = 0, channels = 0] = field.shape;
  const [rows, columns] = [height / side, width / side];
  const blocks = tf.reshape(field, [items, rows, side, columns, side, channels]);
  return tf.reshape(tf.transpose(blocks, [0, 3, 1, 2, 4, 5]), [items, columns * rows, side * side * channels]);
}

/** The inverse of `toTokens` for fields of height H and width W. */
export function fromTokens(
  tokens: tf.Tensor,
  { height, width }: { readonly height: number; readonly width: number },
  side: number,
): tf.Tensor {
  const [items = 0] = tokens.shape;
  const [rows, columns] = [height / side, width / side];
  const blocks = tf.reshape(tokens, [items, columns, rows, side, side, -1]);
  return tf.reshape(tf.transpose(blocks, [0, 2, 3, 1, 4, 5]), [items, height, width, -1]);
}

/**
 * Tokens [B, n, side * side * C] -> the blocks that are coded, [B, n * blocks of a token, cells of a block * C]: a token's
 * blocks one after the other, row-major.
 */
export function toBlocks(tokens: tf.Tensor, side: number): tf.Tensor {
  const [items = 0, count = 0, size = 0] = tokens.shape;
  const block = blockSide(side);
  const across = side / block;
  if (across === 1) return tokens;
  const parts = tf.reshape(tokens, [items * count, across, block, across, block, size / side ** 2]);
  return tf.reshape(tf.transpose(parts, [0, 1, 3, 2, 4, 5]), [items, count * across ** 2, size / across ** 2]);
}

/** The inverse of `toBlocks`. */
export function fromBlocks(blocks: tf.Tensor, side: number): tf.Tensor {
  const [items = 0, count = 0, size = 0] = blocks.shape;
  const block = blockSide(side);
  const across = side / block;
  if (across === 1) return blocks;
  const tokens = count / across ** 2;
  const parts = tf.reshape(blocks, [items * tokens, across, across, block, block, size / block ** 2]);
  return tf.reshape(tf.transpose(parts, [0, 1, 3, 2, 4, 5]), [items, tokens, size * across ** 2]);
}
