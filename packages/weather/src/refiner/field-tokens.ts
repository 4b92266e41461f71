import * as tf from "@tensorflow/tfjs-core";

/*
 * Fields as the tokens of a transformer. A token is a block of side x side cells, row-major within, channels last. Tokens run
 * along the meridians: all of the westernmost column of blocks from south to north, then the next column. So a window of
 * neighbouring columns, from pole to pole, is a stretch of consecutive tokens, and a shift round the globe is a rotation of
 * the sequence.
 */

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
