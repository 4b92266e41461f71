import { integers, normals, randomStream } from "@nextscale/refinement-core";
import { PAPER } from "../settings.js";

/** Standard normal noise of items, [items, 784] in order: each item's is a function of its number and the source's seed. */
export type NoiseSource = (items: ArrayLike<number>) => Float32Array;

/** Noise of test images, the same for all variants and seeds: each number drawn for itself. */
export const testNoise: NoiseSource = (items) =>
  normals(randomStream(0, "paper/test-noise"), { items, draws: PAPER.pixels });

/** Numbers of a noise table: 16 MiB. */
const TABLE = 2 ** 22;

/**
 * Noise for training. A run needs 1.4 billion numbers, which would take longer to draw than the network takes to learn from
 * them; so 4 million are drawn once, and each item begins at a place of its own in them, drawn for it. (Salimans et al. 2017,
 * section 2.1, do the same.) Within an item all numbers are independent.
 */
export function tabulatedNoise(seed: number, name = "training", size = TABLE): NoiseSource {
  const table = normals(randomStream(seed, `paper/${name}-noise`), { draws: size });
  const places = randomStream(seed, `paper/${name}-noise-places`);
  return (items) => {
    const starts = integers(places, { items, draws: 1 }, size - PAPER.pixels + 1);
    const noise = new Float32Array(items.length * PAPER.pixels);
    starts.forEach((start, i) => noise.set(table.subarray(start, start + PAPER.pixels), i * PAPER.pixels));
    return noise;
  };
}
