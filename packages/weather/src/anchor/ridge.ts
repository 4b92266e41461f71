import * as tf from "@tensorflow/tfjs-core";
import { neighbours, type Cells, type Neighbourhood } from "./neighbourhood.js";

/**
 * What a local regression reads at each cell: the fields and their last change in the cells around it, and a constant:
 * [B, H, W, predictors].
 *
 * @param current [B, H, W, C] @param change the last difference, of the same shape
 */
export function predictors(
  current: tf.Tensor,
  change: tf.Tensor,
  grid: Cells,
  neighbourhood: Neighbourhood,
): tf.Tensor {
  const rows = rowsAround(current, change, grid, neighbourhood);
  return tf.concat([...rows, tf.ones([...current.shape.slice(0, 3), 1])], 3);
}

/** Number of predictors of a cell. */
export function predictorCount({ rows, columns }: Neighbourhood, channels: number): number {
  return rows * columns * 2 * channels + 1;
}

/**
 * What a regression of each row of the grid expects: predictors times weights, [B, H, W, outputs], added up row by row of the
 * neighbourhood, because all predictors at once are a hundred times the size of the fields.
 *
 * @param weights [H, predictors, outputs]
 */
export function regressed(
  current: tf.Tensor,
  change: tf.Tensor,
  weights: tf.Tensor,
  grid: Cells,
  neighbourhood: Neighbourhood,
): tf.Tensor {
  const rows = rowsAround(current, change, grid, neighbourhood);
  const size = rows[0]!.shape[3]!;
  const part = (first: number, count: number) => tf.slice(weights, [0, first, 0], [-1, count, -1]);
  return rows.reduce((sum, row, i) => tf.add(sum, tf.matMul(row, part(i * size, size))), part(rows.length * size, 1));
}

/** For each row of the neighbourhood the values in it, [B, H, W, columns * 2 C]. */
function rowsAround(
  current: tf.Tensor,
  change: tf.Tensor,
  grid: Cells,
  neighbourhood: Neighbourhood,
): readonly tf.Tensor[] {
  const [items = 0, height = 0, width = 0, channels = 0] = current.shape;
  const both = tf.reshape(tf.concat([current, change], 3), [items, height * width, 2 * channels]);
  return neighbours(grid, neighbourhood).map((cells) => {
    return tf.reshape(tf.gather(both, tf.tensor1d(cells, "int32"), 1), [items, height, width, -1]);
  });
}
