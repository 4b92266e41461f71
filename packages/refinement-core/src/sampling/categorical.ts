import * as tf from "@tensorflow/tfjs-core";
import { topKPenalty, topPPenalty } from "./truncation.js";

/** How codes are drawn from logits [B, sites, V] at one scale. */
export interface CategoricalDraw {
  /** Standard Gumbel noise [B, sites, V]. */
  readonly gumbel: tf.Tensor;
  /** One element; 0 takes the most probable code. */
  readonly temperature: tf.Tensor;
  readonly topK?: number;
  /** One element. */
  readonly topP?: tf.Tensor;
}

/** The nucleus is that of the tempered distribution; at temperature 0 it is the most probable code. */
const LOWEST_TEMPERATURE = 1e-6;

/**
 * Draws int32 codes [B, sites] by the Gumbel-max trick: the argMax of logits / T + G has the distribution
 * softmax(logits / T). Computed as logits + T G, so that T may be an input of the program and may be 0. The order is
 * that of VAR: temperature, top-k, then top-p among what is left.
 */
export function drawCategorical(logits: tf.Tensor, draw: CategoricalDraw): tf.Tensor {
  let allowed = logits;
  if (draw.topK !== undefined && draw.topK < (logits.shape[logits.shape.length - 1] ?? 0)) {
    allowed = tf.add(allowed, topKPenalty(logits, draw.topK));
  }
  if (draw.topP !== undefined) {
    const tempered = tf.div(allowed, tf.maximum(draw.temperature, LOWEST_TEMPERATURE));
    allowed = tf.add(allowed, topPPenalty(tempered, draw.topP));
  }
  return tf.argMax(tf.add(allowed, tf.mul(draw.gumbel, draw.temperature)), -1);
}

/**
 * Below -ln u of the largest float32 below 1, which is 2^-24: changes no exact result. A GPU's logarithm is allowed to
 * be off by 2^-21 near 1 (WGSL, accuracy of `log`), thus zero, or beyond it.
 */
const LEAST_EXPONENTIAL = 2 ** -25;

/**
 * Standard Gumbel noise from uniforms in (0, 1): -ln(-ln u). Drawing uniforms on the host and taking logarithms in the
 * program costs a fraction of drawing Gumbel noise on the host; 24-bit uniforms end its upper tail at 16.6.
 */
export function gumbelFromUniform(uniform: tf.Tensor): tf.Tensor {
  return tf.neg(tf.log(tf.maximum(tf.neg(tf.log(uniform)), LEAST_EXPONENTIAL)));
}

/**
 * Draws int32 codes [...] by inverting the distribution function of softmax(logits / T): the first code at which the sum of
 * probabilities exceeds the uniform number. One number a draw where the Gumbel trick needs one for each code, so it is the
 * way to draw for many sites; where codes are ordered levels, a larger number gives a higher level.
 *
 * @param logits [..., V]
 * @param uniform in (0, 1), [...]
 * @param temperature one element, above 0
 */
export function drawByInversion(logits: tf.Tensor, uniform: tf.Tensor, temperature: tf.Tensor): tf.Tensor {
  const last = logits.shape[logits.rank - 1]! - 1;
  // tfjs' own kernels take no axis counted from the end here.
  const reached = tf.cumsum(tf.softmax(tf.div(logits, temperature)), logits.rank - 1);
  const passed = tf.less(reached, tf.expandDims(uniform, -1));
  // The sum of all probabilities may be rounded to less than the largest uniform number.
  return tf.minimum(tf.sum(tf.cast(passed, "int32"), -1), tf.scalar(last, "int32"));
}

/**
 * Draws int32 bits [...] of the logarithms of their odds: 1 where the uniform number is below its probability.
 *
 * @param uniform in (0, 1), of the logits' shape
 * @param temperature one element; 0 takes the more probable bit
 */
export function drawBits(logits: tf.Tensor, uniform: tf.Tensor, temperature: tf.Tensor): tf.Tensor {
  // u < 1 / (1 + e^(-z / T)) is ln(u / (1 - u)) T < z, which divides by nothing.
  const threshold = tf.sub(tf.log(uniform), tf.log(tf.sub(1, uniform)));
  return tf.cast(tf.greater(logits, tf.mul(threshold, temperature)), "int32");
}
