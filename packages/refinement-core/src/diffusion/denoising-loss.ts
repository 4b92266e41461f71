import { f32, type TensorType } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { predictionWeight, type DataWeight } from "./loss-weight.js";
import type { NoiseLevel } from "./noise-level.js";
import { targetFactors, type Parameterisation } from "./parameterisation.js";

/** What a training step has to know of the noise levels of its items, [B] each. */
export type DenoisingFactors<T> = {
  /** What the network is told. */
  readonly time: T;
  /** The state is signal * data + noise * e. */
  readonly signal: T;
  readonly noise: T;
  /** The target is onData * data + onNoise * e. */
  readonly onData: T;
  readonly onNoise: T;
  /** Of the item's squared error. */
  readonly weight: T;
};

/** Types of the factors of so many items, for the signature of a trace. */
export function denoisingTypes(items: number): DenoisingFactors<TensorType> {
  const type = f32(items);
  return { time: type, signal: type, noise: type, onData: type, onNoise: type, weight: type };
}

/**
 * The factors of a batch whose items have these levels.
 *
 * @param weight of the data's error; unless told all errors of predictions count alike, which is Ho et al.'s simple loss
 *   for a network that predicts noise
 */
export function denoisingFactors(
  levels: readonly NoiseLevel[],
  parameterisation: Parameterisation,
  weight?: DataWeight,
): DenoisingFactors<Float32Array> {
  const each = (of: (level: NoiseLevel) => number) => Float32Array.from(levels, of);
  return {
    time: each(({ time }) => time),
    signal: each(({ signal }) => signal),
    noise: each(({ noise }) => noise),
    onData: each((level) => targetFactors(parameterisation, level).data),
    onNoise: each((level) => targetFactors(parameterisation, level).noise),
    weight: each((level) => (weight === undefined ? 1 : predictionWeight(parameterisation, level, weight))),
  };
}

/** The states that the network is shown: data and e [B, ...]. Can be traced. */
export function noisyState(
  factors: Pick<DenoisingFactors<tf.Tensor>, "signal" | "noise">,
  data: tf.Tensor,
  e: tf.Tensor,
): tf.Tensor {
  return tf.add(tf.mul(data, perItem(factors.signal, data)), tf.mul(e, perItem(factors.noise, data)));
}

/** What the network is to say of them, [B, ...]. */
export function denoisingTarget(
  factors: Pick<DenoisingFactors<tf.Tensor>, "onData" | "onNoise">,
  data: tf.Tensor,
  e: tf.Tensor,
): tf.Tensor {
  return tf.add(tf.mul(data, perItem(factors.onData, data)), tf.mul(e, perItem(factors.onNoise, data)));
}

/** The mean of the weighted squared errors, one element. */
export function denoisingLoss(
  factors: Pick<DenoisingFactors<tf.Tensor>, "weight">,
  prediction: tf.Tensor,
  target: tf.Tensor,
): tf.Tensor {
  return tf.mean(tf.mul(tf.square(tf.sub(prediction, target)), perItem(factors.weight, target)));
}

/** [B] -> [B, 1, ...], of the rank of what it is to be multiplied with. */
export function perItem(values: tf.Tensor, like: tf.Tensor): tf.Tensor {
  return tf.reshape(values, [-1, ...like.shape.slice(1).map(() => 1)]);
}
