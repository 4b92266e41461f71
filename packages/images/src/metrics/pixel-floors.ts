import { NextscaleError } from "@nextscale/engine";
import type { ImageDataset } from "../data/image-dataset.js";
import { BRIGHT, LEVELS } from "./levels.js";

/** What predictors that know nothing of shapes cost: any model of the images above them is broken. */
export interface PixelFloors {
  /** Bits per dimension under one histogram of the 256 levels, of all pixels together. */
  readonly histogramBits: number;
  /** Bits per dimension under a histogram of the 256 levels for every pixel. */
  readonly pixelHistogramBits: number;
  /** Nats per image, each pixel only above or below half: independent Bernoulli draws. */
  readonly bernoulliNats: number;
}

/**
 * Costs of the test images under frequencies counted on the training images, one added to every count (Laplace).
 *
 * @throws NextscaleError `shape` for images of different sizes
 */
export function pixelFloors(train: ImageDataset, test: ImageDataset): PixelFloors {
  const size = train.height * train.width * train.channels;
  const testSize = test.height * test.width * test.channels;
  if (size !== testSize) {
    throw new NextscaleError({
      code: "shape",
      where: "images/pixelFloors",
      expected: `test images of ${size} numbers`,
      got: `${testSize}`,
    });
  }
  const trainCounts = countLevels(train.images, size);
  const testCounts = countLevels(test.images, size);
  return {
    histogramBits: crossEntropy(sumPixels(trainCounts), sumPixels(testCounts), LEVELS) / test.images.length / Math.LN2,
    pixelHistogramBits: crossEntropy(trainCounts, testCounts, LEVELS) / test.images.length / Math.LN2,
    bernoulliNats: crossEntropy(binarise(trainCounts), binarise(testCounts), 2) / test.count,
  };
}

/** How often each pixel has each level: [size, levels]. */
function countLevels(images: Uint8Array, size: number): Float64Array {
  const counts = new Float64Array(size * LEVELS);
  for (let i = 0; i < images.length; i++) counts[(i % size) * LEVELS + images[i]!]! += 1;
  return counts;
}

function sumPixels(counts: Float64Array): Float64Array {
  const sums = new Float64Array(LEVELS);
  counts.forEach((count, at) => (sums[at % LEVELS]! += count));
  return sums;
}

/** [size, levels] to [size, 2]: dark and bright. */
function binarise(counts: Float64Array): Float64Array {
  const binary = new Float64Array((2 * counts.length) / LEVELS);
  counts.forEach((count, at) => {
    binary[2 * Math.floor(at / LEVELS) + (at % LEVELS >= BRIGHT ? 1 : 0)]! += count;
  });
  return binary;
}

/** Nats of `found` under the frequencies of `known`, rows of `outcomes` counts each. */
function crossEntropy(known: Float64Array, found: Float64Array, outcomes: number): number {
  let nats = 0;
  for (let row = 0; row < known.length; row += outcomes) {
    let total = outcomes;
    for (let k = 0; k < outcomes; k++) total += known[row + k]!;
    for (let k = 0; k < outcomes; k++) nats += found[row + k]! * Math.log(total / (known[row + k]! + 1));
  }
  return nats;
}
