import * as tf from "@tensorflow/tfjs-core";

/** Coefficients of the quintic iteration (Jordan et al. 2024, "Muon"): steep at 0, so that small singular values rise fast. */
const QUINTIC = [3.4445, -4.775, 2.0315] as const;
const ITERATIONS = 5;
const NORM_EPSILON = 1e-7;

/**
 * A matrix with the singular vectors of `matrix` and singular values near 1 (0.7 to 1.2), by Newton-Schulz iterations: products
 * only, so it can be traced and is the same on every engine.
 *
 * @param matrix [m, n], not zero
 */
export function orthogonalise(matrix: tf.Tensor): tf.Tensor {
  const [rows = 0, columns = 0] = matrix.shape;
  const [a, b, c] = QUINTIC;
  const wide = rows <= columns;
  let x = wide ? matrix : tf.transpose(matrix);
  x = tf.mul(x, tf.div(1, tf.add(tf.sqrt(tf.sum(tf.square(x))), NORM_EPSILON)));
  for (let i = 0; i < ITERATIONS; i++) {
    const gram = tf.matMul(x, x, false, true);
    const polynomial = tf.add(tf.mul(gram, b), tf.mul(tf.matMul(gram, gram), c));
    x = tf.add(tf.mul(x, a), tf.matMul(polynomial as tf.Tensor2D, x as tf.Tensor2D));
  }
  return wide ? x : tf.transpose(x);
}
