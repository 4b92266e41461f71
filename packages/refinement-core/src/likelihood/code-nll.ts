import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy } from "@nextscale/engine";
import { scaleOfSite } from "../refiner/geometry.js";
import type { GaussianOutput } from "../refiner/head.js";

const LOG_SQRT_2_PI = 0.5 * Math.log(2 * Math.PI);

/** -ln p of each code under its logits, in nats: logits [B, sites, V], codes int32 [B, sites] -> [B, sites]. */
export function codeNats(logits: tf.Tensor, codes: tf.Tensor): tf.Tensor {
  const [items = 0, sites = 0, classes = 0] = logits.shape;
  const rows = tf.reshape(logits, [items * sites, classes]);
  return tf.reshape(softmaxCrossEntropy(rows, tf.reshape(codes, [items * sites])), [items, sites]);
}

/** -ln p of the bits of each site under the logarithms of their odds, in nats: both [B, sites, bits] -> [B, sites]. */
export function bitNats(logits: tf.Tensor, bits: tf.Tensor): tf.Tensor {
  // ln(1 + e^-z) where the bit is 1, z its logit, and ln(1 + e^z) where it is 0; neither overflows.
  const against = tf.mul(logits, tf.sub(1, tf.mul(tf.cast(bits, "float32"), 2)));
  const nats = tf.add(tf.relu(against), tf.log(tf.add(1, tf.exp(tf.neg(tf.abs(against))))));
  return tf.sum(nats, -1);
}

/** -ln of the normal density, in nats, summed over channels: mean, log deviation and target [B, sites, d] -> [B, sites]. */
export function gaussianNats(output: GaussianOutput, target: tf.Tensor): tf.Tensor {
  const standard = tf.mul(tf.sub(target, output.mean), tf.exp(tf.neg(output.logDeviation)));
  const nats = tf.add(tf.add(tf.mul(tf.square(standard), 0.5), output.logDeviation), LOG_SQRT_2_PI);
  return tf.sum(nats, -1);
}

/**
 * Sums over the sites of each scale: [B, sites of all scales] -> [B, scales], as one product with an indicator matrix.
 *
 * The code likelihood of an item is exact: -ln p(r_1, ..., r_S) is the sum of `codeNats` over all its sites (eq. 2),
 * provided the logits come from teacher forcing, without temperature, cuts, guidance or dropout. It is a likelihood of
 * codes, not of pixels.
 */
export function sumByScale(perSite: tf.Tensor, scales: readonly { readonly sites: number }[]): tf.Tensor {
  const scaleOf = scaleOfSite(scales);
  const indicator = new Float32Array(scaleOf.length * scales.length);
  scaleOf.forEach((k, site) => {
    indicator[site * scales.length + k] = 1;
  });
  return tf.matMul(perSite, tf.tensor2d(indicator, [scaleOf.length, scales.length]));
}
