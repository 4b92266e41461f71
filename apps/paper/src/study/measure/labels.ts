import { permutation, randomStream } from "@nextscale/refinement-core";

/** Training images that lend samples their classes, which are then as frequent as in training. */
export function lendingImages(seed: number, trainingImages: number, samples: number): Int32Array {
  return permutation(randomStream(seed, "paper/study-labels"), trainingImages).slice(0, samples);
}
