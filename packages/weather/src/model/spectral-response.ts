import * as tf from "@tensorflow/tfjs-core";
import { gaussianNodes, type Grid } from "../grid/grid.js";
import { legendreFunctions } from "../simulator/legendre.js";
import { fourierBasis, requireResolved } from "./band-limit.js";

/**
 * Fields [B, H, W, C] on a Gaussian grid with every spherical harmonic times a factor of its own, and without those beyond the
 * truncation.
 *
 * @param response [truncation + 1, truncation + 1, C] by zonal wavenumber, then total wavenumber, which is not below it
 * @throws NextscaleError `invalid-argument` for another grid, or one too coarse for the quadrature to be exact
 */
export function responded(field: tf.Tensor, grid: Grid, response: tf.Tensor): tf.Tensor {
  const [items = 0, height = 0, width = 0, channels = 0] = field.shape;
  const [count = 0] = response.shape;
  requireResolved("weather/responded", grid, count - 1);
  const waves = 2 * count - 1;
  const along = tf.tensor2d(fourierBasis(width, count - 1), [width, waves]);
  const { analysis, synthesis } = legendreTables(height, count - 1);
  const rows = tf.reshape(tf.transpose(field, [0, 3, 1, 2]), [items * channels * height, width]);
  const orders = tf.reshape(tf.matMul(rows, along), [items * channels, height, waves]);
  const degrees = tf.matMul(tf.tensor3d(analysis, [waves, count, height]), tf.transpose(orders, [2, 1, 0]));
  const scaled = tf.mul(
    tf.reshape(degrees, [waves, count, items, channels]),
    tf.reshape(tf.gather(response, ordersOf(waves)), [waves, count, 1, channels]),
  );
  const latitudes = tf.matMul(
    tf.tensor3d(synthesis, [waves, height, count]),
    tf.reshape(scaled, [waves, count, items * channels]),
  );
  const back = tf.reshape(tf.transpose(latitudes, [2, 1, 0]), [items * channels * height, waves]);
  const fields = tf.reshape(tf.matMul(back, along, false, true), [items, channels, height, width]);
  return tf.transpose(fields, [0, 2, 3, 1]);
}

/** Zonal wavenumber of each wave: 1, cos, sin, cos 2, ... */
function ordersOf(waves: number): tf.Tensor1D {
  return tf.tensor1d(
    Int32Array.from({ length: waves }, (_, wave) => Math.ceil(wave / 2)),
    "int32",
  );
}

/** For each wave round the globe from latitudes to total wavenumbers, [waves, count, height], and back, [waves, height, count]. */
function legendreTables(height: number, truncation: number) {
  const { nodes, weights } = gaussianNodes(height);
  const count = truncation + 1;
  const analysis = new Float32Array((2 * truncation + 1) * count * height);
  const synthesis = new Float32Array(analysis.length);
  for (let wave = 0; wave <= 2 * truncation; wave++) {
    const order = Math.ceil(wave / 2);
    nodes.forEach((node, row) => {
      legendreFunctions(node, order, truncation).forEach((value, i) => {
        const degree = order + i;
        // The functions have mean square 1 over -1..1, the weights add up to 2.
        analysis[(wave * count + degree) * height + row] = (value * weights[row]!) / 2;
        synthesis[(wave * height + row) * count + degree] = value;
      });
    });
  }
  return { analysis, synthesis };
}
