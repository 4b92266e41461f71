import * as tf from "@tensorflow/tfjs-core";
import type { Attributes } from "../ir/program.js";
import { activeRecording } from "../trace/trace.js";
import { crossEntropyFromOps, geluFromOps, layerNormFromOps } from "./eager.js";

/*
 * Operations that tfjs-core lacks or that are worth one fused node with a hand-derived gradient. Inside `trace` each
 * records one node; outside it computes the same from tfjs operations.
 */

/** Records `op` when a trace is in progress, else computes `eagerly`. */
function fused(op: string, inputs: readonly tf.Tensor[], attributes: Attributes, eagerly: () => tf.Tensor): tf.Tensor {
  return activeRecording()?.record(op, inputs, attributes)[0] ?? tf.tidy(eagerly);
}

/** Gaussian error linear unit, x * Phi(x), exact (erf). Any shape. */
export function gelu(x: tf.Tensor): tf.Tensor {
  return fused("Gelu", [x], {}, () => geluFromOps(x));
}

/** Sigmoid linear unit, x * sigmoid(x). Any shape. */
export function silu(x: tf.Tensor): tf.Tensor {
  return fused("Silu", [x], {}, () => tf.mul(x, tf.sigmoid(x)));
}

/** Normalises the last axis of `x` to zero mean and unit variance; optional `scale` and `bias` of that axis' length. */
export function layerNorm(
  x: tf.Tensor,
  options: { readonly scale?: tf.Tensor; readonly bias?: tf.Tensor; readonly epsilon?: number } = {},
): tf.Tensor {
  const epsilon = options.epsilon ?? 1e-6;
  const normalised = fused("LayerNorm", [x], { epsilon }, () => layerNormFromOps(x, epsilon));
  const scaled = options.scale === undefined ? normalised : tf.mul(normalised, options.scale);
  return options.bias === undefined ? scaled : tf.add(scaled, options.bias);
}

/** Cross-entropy in nats: logits [..., classes], labels int32 [...] -> [...]. */
export function softmaxCrossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  return fused("CrossEntropy", [logits, labels], {}, () => crossEntropyFromOps(logits, labels));
}

/** The value of `x`, through which no gradient flows. */
export function stopGradient(x: tf.Tensor): tf.Tensor {
  return fused("StopGradient", [x], {}, () => tf.clone(x));
}
