import { NextscaleError, philox4x32 } from "@nextscale/engine";
import { integers, type RandomStream } from "@nextscale/refinement-core";

/*
 * Keys are random numbers that nodes carry with them. They decide what would otherwise be decided by the order of the nodes: which
 * of two equal pairs is merged first, which of two equal siblings comes first. So what is done to a graph does not depend
 * on that order.
 */

/** Integers below 2^52: two of a thousand are equal once in ten thousand million graphs. */
export type Keys = Float64Array;

const HALF = 2 ** 26;
const WORDS = new Uint32Array(4);
/** Key of the generator that mixes: "mixi", "pair". */
const MIXING = [0x6d697821, 0x70616972] as const;

/** Fresh keys, a function of the stream and the item. */
export function drawKeys(stream: RandomStream, item: number, count: number): Keys {
  const halves = integers(stream, { items: { first: item, count: 1 }, sites: count, draws: 2 }, HALF);
  return Float64Array.from({ length: count }, (_, node) => halves[2 * node]! * HALF + halves[2 * node + 1]!);
}

/** A number that two keys determine, in either order; `merged` and `rank` are independent of each other. */
export function mixed(a: number, b: number, purpose: "merged" | "rank"): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  philox4x32([low >>> 0, low / 2 ** 32, high >>> 0, high / 2 ** 32], MIXING, WORDS);
  return purpose === "merged" ? integerOf(WORDS[0]!, WORDS[1]!) : integerOf(WORDS[2]!, WORDS[3]!);
}

/** @throws NextscaleError `invalid-argument` for keys of another number of nodes, or two that are the same */
export function requireKeys(keys: Keys, count: number): void {
  if (keys.length === count && new Set(keys).size === count) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "graphs/pyramid",
    expected: `${count} different keys, one for each node`,
    got: `${keys.length}, ${new Set(keys).size} of them different`,
  });
}

function integerOf(low: number, high: number): number {
  return low + (high >>> 12) * 2 ** 32;
}
