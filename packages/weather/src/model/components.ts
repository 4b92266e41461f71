import * as tf from "@tensorflow/tfjs-core";
import type { Grid } from "../grid/grid.js";

/**
 * Coordinates [B, 1, 1, K] of fields [B, H, W, C] along principal components of the data, all channels together.
 *
 * @param components [K, H * W * C], orthonormal under the sum of products of values, weighted by the cells' areas
 */
export function coordinatesOf(field: tf.Tensor, components: tf.Tensor, grid: Grid): tf.Tensor {
  const [items = 0, height = 0, width = 0, channels = 0] = field.shape;
  const areas = tf.tensor4d(Float32Array.from(grid.areaWeights), [1, height, 1, 1]);
  const weighted = tf.reshape(tf.mul(field, areas), [items, height * width * channels]);
  return tf.reshape(tf.matMul(weighted, components, false, true), [items, 1, 1, -1]);
}

/** The fields [B, H, W, C] that coordinates stand for. @param size height, width and channels */
export function fromCoordinates(coordinates: tf.Tensor, components: tf.Tensor, size: readonly number[]): tf.Tensor {
  const [items = 0, , , count = 0] = coordinates.shape;
  return tf.reshape(tf.matMul(tf.reshape(coordinates, [items, count]), components), [items, ...size]);
}
