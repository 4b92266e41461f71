import * as tf from "@tensorflow/tfjs-core";
import type { Attributes } from "../ir/program.js";
import { operation } from "../ops/index.js";
import { activeRecording } from "../trace/trace.js";

/*
 * Operations that tfjs-core lacks or that are worth one fused node with a hand-derived gradient. Inside `trace` each
 * records one node; outside it computes the same, as an engine on tfjs would.
 */

/** First output of an operation: recorded when a trace is in progress, else computed now. */
function apply(op: string, inputs: readonly tf.Tensor[], attributes: Attributes = {}): tf.Tensor {
  const recording = activeRecording();
  if (recording !== null) return recording.record(op, inputs, attributes)[0]!;
  return tf.tidy(() => operation(op).toTfjs(tf, inputs, attributes)[0]!);
}

/** Gaussian error linear unit, x * Phi(x), exact (erf). Any shape. */
export function gelu(x: tf.Tensor): tf.Tensor {
  return apply("Gelu", [x]);
}

/** Sigmoid linear unit, x * sigmoid(x). Any shape. */
export function silu(x: tf.Tensor): tf.Tensor {
  return apply("Silu", [x]);
}

/** Normalises the last axis of `x` to zero mean and unit variance; optional `scale` and `bias` of that axis' length. */
export function layerNorm(
  x: tf.Tensor,
  options: { readonly scale?: tf.Tensor; readonly bias?: tf.Tensor; readonly epsilon?: number } = {},
): tf.Tensor {
  return tf.tidy(() => {
    const normalised = apply("LayerNorm", [x], { epsilon: options.epsilon ?? 1e-6 });
    const scaled = options.scale === undefined ? normalised : tf.mul(normalised, options.scale);
    return options.bias === undefined ? scaled : tf.add(scaled, options.bias);
  });
}

/** Cross-entropy in nats: logits [..., classes], labels [...] (whole numbers of any dtype) -> [...]. */
export function softmaxCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  return tf.tidy(() => apply("CrossEntropy", [logits, labels.dtype === "int32" ? labels : tf.cast(labels, "int32")]));
}

/** The value of `x`, through which no gradient flows. */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  return apply("StopGradient", [x]);
}
