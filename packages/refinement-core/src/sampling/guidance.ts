import * as tf from "@tensorflow/tfjs-core";

/*
 * Classifier-free guidance runs the refiner once on a batch of twice the items: first the items with their labels, then
 * the same items with the null class.
 */

/** Labels [B] -> [2B]: the null class for the second half. */
export function guidedLabels(labels: tf.Tensor, nullClass: number): tf.Tensor {
  return tf.concat([labels, tf.fill([labels.shape[0] ?? 0], nullClass, "int32")] as tf.Tensor1D[]);
}

/** Context [B, ...] -> [2B, ...]: both halves see the same codes. */
export function guidedContext(context: tf.Tensor): tf.Tensor {
  return tf.concat([context, context], 0);
}

/**
 * Logits [2B, sites, V] of both halves -> [B, sites, V]: uncond + g (cond - uncond), written so that g = 1 gives the
 * conditional logits and equal halves give either, to the last bit.
 *
 * @param guidance g, a tensor of one element
 */
export function guide(logits: tf.Tensor, guidance: tf.Tensor): tf.Tensor {
  const [conditional, unconditional] = tf.split(logits, 2, 0) as [tf.Tensor, tf.Tensor];
  return tf.add(conditional, tf.mul(tf.sub(guidance, 1), tf.sub(conditional, unconditional)));
}
