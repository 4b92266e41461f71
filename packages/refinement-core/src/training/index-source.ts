import { NextscaleError, philox4x32 } from "@nextscale/engine";

/** What the integers are for: streams of different purposes never share a counter. */
export type IndexPurpose = "epoch-order" | "bootstrap" | "kernel-distance";

/** Third word of the Philox counter; far from the small numbers that samples, scales and sites use. */
const PURPOSE_WORD: Readonly<Record<IndexPurpose, number>> = {
  "epoch-order": 0x65706f63,
  bootstrap: 0x626f6f74,
  "kernel-distance": 0x6b65726e,
};

/**
 * Uniform integers in [0, bound), drawn in order from Philox keyed by (seed, purpose, item).
 *
 * An integer is ⌊u·bound⌋ with u of 53 random bits, so its bias is below bound/2⁵³.
 *
 * @param seed non-negative safe integer
 * @param item distinguishes streams of one purpose: an epoch, a resample
 * @throws NextscaleError `invalid-argument` for a seed outside that range
 */
export function createIndexSource(seed: number, purpose: IndexPurpose, item = 0): (bound: number) => number {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "training/random",
      expected: "a seed that is an integer from 0 to 2^53 - 1",
      got: `${seed}`,
    });
  }
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32)] as const;
  const words = new Uint32Array(4);
  let drawn = 0;
  return (bound) => {
    const half = drawn % 2;
    if (half === 0) philox4x32([drawn / 2, item, PURPOSE_WORD[purpose], 0], key, words);
    drawn++;
    const fraction = (words[2 * half]! * 2 ** 21 + (words[2 * half + 1]! >>> 11)) / 2 ** 53;
    return Math.floor(fraction * bound);
  };
}

/** A uniformly random order of 0 … count−1 (Fisher and Yates). */
export function shuffledIndices(count: number, draw: (bound: number) => number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = draw(i + 1);
    const swap = order[i]!;
    order[i] = order[j]!;
    order[j] = swap;
  }
  return order;
}
