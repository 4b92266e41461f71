import type { FrozenTokeniser } from "@nextscale/images";
import * as tf from "@tensorflow/tfjs-core";
import type { Domain } from "./space.js";

/** Where the centre and the size of states lie: one mean for each channel, one deviation for all. */
export interface Standard {
  readonly mean: Float32Array;
  readonly deviation: number;
}

/**
 * Mean and deviation of items.
 *
 * @param items [N, ..., channels], row-major
 */
export function standardOf(items: Float32Array, channels: number): Standard {
  const sums = new Float64Array(channels);
  items.forEach((value, at) => (sums[at % channels]! += value));
  const mean = Float32Array.from(sums, (sum) => (sum * channels) / items.length);
  const square = items.reduce((sum, value, at) => sum + (value - mean[at % channels]!) ** 2, 0);
  return { mean, deviation: Math.sqrt(square / items.length) };
}

/** States are images. */
export function pixelDomain(standard: Standard): Domain {
  const { standardised, restored } = around(standard);
  return { item: [28, 28, 1], standardised, images: restored };
}

/** States are latents of the tokeniser. */
export function latentDomain(tokeniser: FrozenTokeniser, standard: Standard): Domain {
  const { standardised, restored } = around(standard);
  return { item: tokeniser.latent, standardised, images: (finest) => tokeniser.images(restored(finest)) };
}

function around({ mean, deviation }: Standard) {
  const centre = () => tf.tensor(mean, [1, 1, 1, mean.length]);
  return {
    standardised: (items: tf.Tensor) => tf.div(tf.sub(items, centre()), deviation),
    restored: (states: tf.Tensor) => tf.add(tf.mul(states, deviation), centre()),
  };
}
