import * as tf from "@tensorflow/tfjs-core";

/*
 * Fields as the tokens of a transformer. A token is a block of cells, row-major within, channels last. Tokens run
 * along the meridians: all of the westernmost column of blocks from south to north, then the next column. So a window of
 * neighbouring columns, from pole to pole, is a stretch of consecutive tokens, and a shift round the globe is a rotation of
 * the sequence.
 */

/** Cells of a token. */
export interface Block {
  readonly rows: number;
  readonly columns: number;
}

/** A block of as many rows as columns. */
export function square(side: number): Block {
  return { rows: side, columns: side };
}

/** Fields [B, H, W, C] -> tokens [B, W/columns * H/rows, rows * columns * C]. */
export function toTokens(field: tf.Tensor, block: Block): tf.Tensor {
  const [items = 0, height = 0, width = 0, channels = 0] = field.shape;
  const [rows, columns] = [height / block.rows, width / block.columns];
  const blocks = tf.reshape(field, [items, rows, block.rows, columns, block.columns, channels]);
  const size = block.rows * block.columns * channels;
  return tf.reshape(tf.transpose(blocks, [0, 3, 1, 2, 4, 5]), [items, columns * rows, size]);
}

/** The inverse of `toTokens` for fields of height H and width W. */
export function fromTokens(
  tokens: tf.Tensor,
  { height, width }: { readonly height: number; readonly width: number },
  block: Block,
): tf.Tensor {
  const [items = 0] = tokens.shape;
  const [rows, columns] = [height / block.rows, width / block.columns];
  const blocks = tf.reshape(tokens, [items, columns, rows, block.rows, block.columns, -1]);
  return tf.reshape(tf.transpose(blocks, [0, 2, 3, 1, 4, 5]), [items, height, width, -1]);
}
