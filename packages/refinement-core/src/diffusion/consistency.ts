import { stopGradient } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { perItem } from "./denoising-loss.js";

/** How a network F is made a consistency function f(x; sigma) = skip x + out F(input x; sigma). */
export interface ConsistencyScalings<T = tf.Tensor> {
  readonly skip: T;
  readonly out: T;
  readonly input: T;
}

/** What the scalings depend on, in the data's units. */
export interface ConsistencyRange {
  /** Noise level that counts as clean: f is the identity there, exactly. */
  readonly least: number;
  /** Standard deviation of the data. */
  readonly deviation: number;
}

/**
 * Scalings that keep f(x; least) = x whatever the network says, without which a constant would be consistent too (Song et
 * al. 2023, appendix C).
 *
 * @param level noise levels, any shape
 */
export function consistencyScalings(level: tf.Tensor, { least, deviation }: ConsistencyRange): ConsistencyScalings {
  const [power, above] = [deviation ** 2, tf.sub(level, least)];
  const root = tf.sqrt(tf.add(tf.square(level), power));
  return {
    skip: tf.div(power, tf.add(tf.square(above), power)),
    out: tf.div(tf.mul(above, deviation), root),
    input: tf.div(1, root),
  };
}

/** Of the pseudo-Huber distance, for data of one number (Song and Dhariwal 2024, section 3.4): times the root of their number. */
const HUBER_SCALE = 0.00054;

/** sqrt(|a - b|^2 + c^2) - c of each item [B, ...] -> [B], c = 0.00054 sqrt(D): squared for small differences, plain for large. */
export function pseudoHuber(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  const [items = 1] = a.shape;
  const c = HUBER_SCALE * Math.sqrt(a.size / items);
  const square = tf.sum(tf.square(tf.reshape(tf.sub(a, b), [items, -1])), 1);
  return tf.sub(tf.sqrt(tf.add(square, c ** 2)), c);
}

/** Two neighbouring noise levels of each item, [B]. */
export interface LevelPair<T = tf.Tensor> {
  readonly lower: T;
  readonly upper: T;
}

/**
 * The loss of consistency training (Song and Dhariwal 2024): what the function says at a level is to be what it says at the
 * one below, of the same data with the same noise. The lower one is the target and gets no gradient; pairs count by one over
 * their distance. One element; can be traced.
 *
 * @param f the consistency function: states [B, ...] and levels [B] -> data [B, ...]
 * @param e standard normal noise of the data's shape
 */
export function consistencyLoss(
  f: (state: tf.Tensor, level: tf.Tensor) => tf.Tensor,
  { data, e }: { readonly data: tf.Tensor; readonly e: tf.Tensor },
  { lower, upper }: LevelPair,
): tf.Tensor {
  const at = (level: tf.Tensor) => f(tf.add(data, tf.mul(e, perItem(level, data))), level);
  const distance = pseudoHuber(at(upper), stopGradient(at(lower)));
  return tf.mean(tf.div(distance, tf.sub(upper, lower)));
}
