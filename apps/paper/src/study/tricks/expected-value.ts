import type { Quantiser } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";

/**
 * What the codes of a scale amount to on average: each site's values, weighted by their probabilities.
 *
 * @param logits [B, sites, 1, V]: one code a site
 * @returns tokens [B, sites, width]
 */
export function expectedValue(
  quantiser: Pick<Quantiser<tf.Tensor, tf.Tensor>, "embed">,
  k: number,
  logits: tf.Tensor,
): tf.Tensor {
  const [items = 0, sites = 0, stages = 0, vocabulary = 0] = logits.shape;
  if (stages !== 1) throw new Error(`internal: the expected value of ${stages} codes a site`);
  const codes = tf.tensor(
    Int32Array.from({ length: vocabulary }, (_, code) => code),
    [1, vocabulary, 1],
    "int32",
  );
  const values = tf.reshape(quantiser.embed(k, codes), [vocabulary, -1]);
  const probabilities = tf.softmax(tf.reshape(logits, [items * sites, vocabulary]));
  return tf.reshape(tf.matMul(probabilities, values), [items, sites, -1]);
}
