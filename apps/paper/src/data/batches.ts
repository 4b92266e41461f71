import { randomStream, shuffledBatches } from "@nextscale/refinement-core";
import { PAPER } from "../settings.js";
import { pixelsAt, type DigitSet } from "./digits.js";
import type { NoiseSource } from "./noise.js";

/** A batch of clean images and the noise that is added to them, times sigma: both [256, 784]. */
export type NoisyBatch = {
  readonly clean: Float32Array;
  readonly noise: Float32Array;
};

/** Shuffled batches of clean images, a pure function of the step. Variants of one seed see the same ones. */
export function cleanBatches(
  digits: DigitSet,
  seed: number,
  name = "training",
): (step: number) => { readonly clean: Float32Array; readonly items: Float64Array } {
  const stream = randomStream(seed, `paper/${name}-order`);
  const order = shuffledBatches({ count: digits.count, batchSize: PAPER.batchSize, stream });
  return (step) => {
    const { epoch, indices } = order(step);
    // An image has new noise in every epoch.
    const items = Float64Array.from(indices, (index) => epoch * digits.count + index);
    return { clean: pixelsAt(digits, indices), items };
  };
}

/** The same with the noise of each image in each epoch. */
export function noisyBatches(
  digits: DigitSet,
  seed: number,
  noise: NoiseSource,
  name = "training",
): (step: number) => NoisyBatch {
  const batchAt = cleanBatches(digits, seed, name);
  return (step) => {
    const { clean, items } = batchAt(step);
    return { clean, noise: noise(items) };
  };
}
