import { philox4x32 } from "@nextscale/engine";
import { checkOut, forEachSite, regionSize, type Region } from "./region.js";
import { counterAt, invalid, type Address, type RandomStream } from "./stream.js";

/** Largest bound of an integer draw: results fit Int32Array. */
const LARGEST_BOUND = 2 ** 31;

/** Draws the next integer from 0 to bound - 1. */
export type IntegerSource = (bound: number) => number;

/**
 * Integers of one address, one after the other, each with its own bound and without modulo bias: a word beyond the
 * last whole multiple of the bound is skipped, so the sequence of an address is fixed but not randomly accessible.
 *
 * @throws NextscaleError `invalid-argument` for an address outside its range; the source throws for a bound outside 1 to 2^31
 */
export function integerSource(stream: RandomStream, address: Address = {}): IntegerSource {
  return sourceAt(stream, counterAt(stream, address));
}

/**
 * Uniform integers from 0 to bound - 1 as a region [items, sites, draws].
 *
 * @param bound 1 to 2^31
 * @throws NextscaleError `invalid-argument` for a bound or an index outside its range, or an `out` of the wrong length
 */
export function integers(
  stream: RandomStream,
  region: Region,
  bound: number,
  out: Int32Array = new Int32Array(regionSize(region)),
): Int32Array {
  checkOut(region, out.length);
  let position = 0;
  forEachSite(stream, region, (counter) => {
    const draw = sourceAt(stream, counter);
    for (const end = position + region.draws; position < end; position++) out[position] = draw(bound);
  });
  return out;
}

/**
 * A uniformly random order of 0 .. length - 1 (Fisher and Yates).
 *
 * @throws NextscaleError `invalid-argument` for an address outside its range or a length outside 0 to 2^31
 */
export function permutation(stream: RandomStream, length: number, address: Address = {}): Int32Array {
  if (!Number.isInteger(length) || length < 0 || length > LARGEST_BOUND) {
    throw invalid(`a length from 0 to ${LARGEST_BOUND}`, `${length}`);
  }
  const draw = integerSource(stream, address);
  const order = Int32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = draw(i + 1);
    const swap = order[i]!;
    order[i] = order[j]!;
    order[j] = swap;
  }
  return order;
}

function sourceAt(stream: RandomStream, counter: [number, number, number, number]): IntegerSource {
  const words = new Uint32Array(4);
  let used = 4;
  return (bound) => {
    if (!Number.isInteger(bound) || bound < 1 || bound > LARGEST_BOUND) {
      throw invalid(`a bound that is an integer from 1 to ${LARGEST_BOUND}`, `${bound}`);
    }
    const limit = 2 ** 32 - (2 ** 32 % bound);
    for (;;) {
      if (used === 4) {
        philox4x32(counter, stream.key, words);
        counter[0]++;
        used = 0;
      }
      const word = words[used++]!;
      if (word < limit) return word % bound;
    }
  };
}
