import { NextscaleError } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { gaussianNodes, type Grid } from "../grid/grid.js";
import { legendreFunctions } from "../simulator/legendre.js";

/**
 * Fields [B, H, W, C] on a Gaussian grid without what lies beyond a total wavenumber: the projection on spherical harmonics, an
 * orthogonal one, as two small products along longitude and one along latitude for each order.
 *
 * @throws NextscaleError `invalid-argument` for another grid, or one too coarse for the quadrature to be exact
 */
export function bandLimited(field: tf.Tensor, grid: Grid, truncation: number): tf.Tensor {
  const [items = 0, height = 0, width = 0, channels = 0] = field.shape;
  requireResolved("weather/bandLimited", grid, truncation);
  const waves = 2 * truncation + 1;
  const along = tf.tensor2d(fourierBasis(width, truncation), [width, waves]);
  const across = tf.tensor3d(latitudeProjections(height, truncation), [waves, height, height]);
  const rows = tf.reshape(tf.transpose(field, [0, 3, 1, 2]), [items * channels * height, width]);
  const coefficients = tf.reshape(tf.matMul(rows, along), [items * channels, height, waves]);
  const kept = tf.transpose(tf.matMul(across, tf.transpose(coefficients, [2, 1, 0])), [2, 1, 0]);
  const back = tf.matMul(tf.reshape(kept, [items * channels * height, waves]), along, false, true);
  return tf.transpose(tf.reshape(back, [items, channels, height, width]), [0, 2, 3, 1]);
}

/** @throws NextscaleError `invalid-argument` for a grid on which harmonics up to a total wavenumber are not exact */
export function requireResolved(where: string, { kind, latitudes, longitudes }: Grid, truncation: number): void {
  if (kind === "gaussian" && latitudes.length > truncation && longitudes.length > 2 * truncation) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where,
    expected: `a Gaussian grid of more than ${truncation} rows and ${2 * truncation} columns`,
    got: `${kind}, ${latitudes.length} x ${longitudes.length}`,
  });
}

/** Orthonormal waves round a circle of `width` points, [width, 2 truncation + 1]: 1, cos, sin, cos 2, ... */
export function fourierBasis(width: number, truncation: number): Float32Array {
  const waves = 2 * truncation + 1;
  return Float32Array.from({ length: width * waves }, (_, at) => {
    const [column, wave] = [Math.floor(at / waves), at % waves];
    const angle = (2 * Math.PI * Math.ceil(wave / 2) * column) / width;
    if (wave === 0) return 1 / Math.sqrt(width);
    return Math.sqrt(2 / width) * (wave % 2 === 1 ? Math.cos(angle) : Math.sin(angle));
  });
}

/** For each wave the projection of a column of latitudes on the Legendre functions of its order, [waves, height, height]. */
function latitudeProjections(height: number, truncation: number): Float32Array {
  const { nodes, weights } = gaussianNodes(height);
  const out = new Float32Array((2 * truncation + 1) * height * height);
  for (let wave = 0; wave <= 2 * truncation; wave++) {
    const functions = Array.from(nodes, (node) => legendreFunctions(node, Math.ceil(wave / 2), truncation));
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < height; j++) {
        // The functions have mean square 1 over -1..1, the weights add up to 2.
        const sum = functions[i]!.reduce((total, value, n) => total + value * functions[j]![n]!, 0);
        out[(wave * height + i) * height + j] = (sum * weights[j]!) / 2;
      }
    }
  }
  return out;
}
