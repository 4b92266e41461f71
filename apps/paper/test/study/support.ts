import type { ImageDataset } from "@nextscale/images";
import { rectangles } from "../support/digits.js";
import type { StudySettings } from "../../src/study/settings.js";

/** Settings of a few seconds. */
export const TINY: StudySettings = {
  trainingImages: 64,
  testImages: 40,
  backbone: { width: 16, depth: 1, heads: 2 },
  training: { steps: 4, batchSize: 8, learningRate: 4e-3, weightDecay: 0.05, classDropout: 0.1 },
  fittingImages: 64,
  samples: 20,
  fewSamples: 10,
  resamples: 5,
};

/** Rectangles as a data set with classes. */
export function rectangleImages(count: number, seed: number): ImageDataset {
  const { bytes } = rectangles(count, seed);
  return {
    name: "test/rectangles",
    images: bytes,
    labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
    ...{ count, height: 28, width: 28, channels: 1, hash: "cd".repeat(32) },
    classes: [..."0123456789"],
  };
}
