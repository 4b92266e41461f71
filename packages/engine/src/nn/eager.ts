import * as tf from "@tensorflow/tfjs-core";

const INVERSE_SQRT_2 = Math.SQRT1_2;

/** x * Phi(x) from tfjs operations. */
export function geluFromOps(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, INVERSE_SQRT_2)), 1));
}

/** Normalisation over the last axis from tfjs operations. */
export function layerNormFromOps(x: tf.Tensor, epsilon: number): tf.Tensor {
  const mean = tf.mean(x, -1, true);
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
}

/** -log softmax(logits)[label] from tfjs operations. */
export function crossEntropyFromOps(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const classes = logits.shape[logits.shape.length - 1] ?? 1;
  const oneHot = tf.cast(tf.oneHot(tf.cast(labels, "int32"), classes), "float32");
  return tf.neg(tf.sum(tf.mul(oneHot, tf.logSoftmax(logits, -1)), -1));
}
