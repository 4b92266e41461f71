import { NextscaleError, philox4x32 } from "@nextscale/engine";

/*
 * Where every random number of the library comes from: Philox4x32-10, addressed instead of advanced.
 *
 * A number is found at (seed, stream, item, scale, site, draw). It does not depend on how many numbers were drawn
 * before, so a sample is the same whatever the batch size, the order, the shard or the thread count.
 *
 * Key (two words)
 *   numbered stream   k0 = seed mod 2^32, k1 = floor(seed / 2^32)
 *   named stream      the 64-bit digest of the name under the seed (`nameKey`)
 *
 * Counter (four words)
 *   c0  block = floor(draw / 4); a draw's word is number draw mod 4 of its block
 *   c1  site
 *   c2  item mod 2^32
 *   c3  bits 31..20 stream number (0 for a named stream), bits 19..8 scale, bits 7..0 floor(item / 2^32)
 *
 * Fields have the ranges of `LIMITS` and are checked, so two numbered addresses never share a block. Two names, or a
 * name and a number, share a key only if 64 bits of digest agree by chance.
 */

/** Exclusive upper bounds of the address fields. */
export const LIMITS = {
  /** Seeds are unsigned 64-bit integers. */
  seed: 2n ** 64n,
  /** Stream numbers: the library itself uses names, numbers are free for programs. */
  stream: 2 ** 12,
  /** Items: samples, rows of a data set, members of an ensemble. */
  item: 2 ** 40,
  /** Scales of a pyramid, or the time steps of a diffusion. */
  scale: 2 ** 12,
  /** Sites of a scale: grid cells, nodes. */
  site: 2 ** 32,
  /** Numbers drawn at one site: classes, channels. */
  draw: 2 ** 34,
} as const;

/** A purpose under a seed: numbers of two streams are independent. Immutable; drawing does not change it. */
export interface RandomStream {
  /** Philox key, low word first. */
  readonly key: readonly [low: number, high: number];
  /** Stream number in the counter; 0 for a named stream. */
  readonly number: number;
}

/** Where inside a stream to draw; omitted fields are 0. */
export interface Address {
  readonly item?: number;
  readonly scale?: number;
  readonly site?: number;
}

/**
 * The stream `name` of a seed.
 *
 * @param seed integer from 0 to 2^64 - 1; as a number only up to 2^53 - 1. `5` and `5n` are the same seed
 * @param name any text that is not empty, such as `"parameters/blocks/0/query"`, or a number below `LIMITS.stream`
 * @throws NextscaleError `invalid-argument` for a seed or a name outside these ranges
 */
export function randomStream(seed: number | bigint, name: string | number): RandomStream {
  const seedKey = keyOfSeed(seed);
  if (typeof name === "number") return { key: seedKey, number: checkField("stream", name) };
  if (name === "") throw invalid("a stream name that is not empty", `""`);
  return { key: nameKey(seedKey, name), number: 0 };
}

/** Counter of block 0 at an address: the caller counts word 0 up. */
export function counterAt(stream: RandomStream, address: Address): [number, number, number, number] {
  const item = checkField("item", address.item ?? 0);
  const scale = checkField("scale", address.scale ?? 0);
  const site = checkField("site", address.site ?? 0);
  return [0, site, item % 2 ** 32, stream.number * 2 ** 20 + scale * 2 ** 8 + Math.floor(item / 2 ** 32)];
}

/**
 * Checks that a field is an integer in its range and returns it.
 *
 * @throws NextscaleError `invalid-argument` otherwise
 */
export function checkField(field: Exclude<keyof typeof LIMITS, "seed">, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= LIMITS[field]) {
    throw invalid(`${field} to be an integer from 0 to ${LIMITS[field] - 1}`, `${value}`);
  }
  return value;
}

function keyOfSeed(seed: number | bigint): readonly [number, number] {
  const valid = typeof seed === "bigint" ? seed >= 0n && seed < LIMITS.seed : Number.isSafeInteger(seed) && seed >= 0;
  if (!valid) {
    throw invalid("a seed that is an integer from 0 to 2^53 - 1, or a bigint from 0 to 2^64 - 1", `${seed}`);
  }
  const bits = BigInt(seed);
  return [Number(bits & 0xffffffffn), Number(bits >> 32n)];
}

/**
 * Digest of a name under a seed: CBC-MAC with Philox in place of the block cipher. The length goes first, which is what
 * makes CBC-MAC sound for messages of any length.
 */
function nameKey(seedKey: readonly [number, number], name: string): readonly [number, number] {
  const bytes = new TextEncoder().encode(name);
  const state = new Uint32Array([bytes.length, 0, 0, 0]);
  const mix = (): void => philox4x32([state[0]!, state[1]!, state[2]!, state[3]!], seedKey, state);
  mix();
  bytes.forEach((byte, index) => {
    const word = (index >> 2) & 3;
    state[word] = state[word]! ^ (byte << (8 * (index & 3)));
    if (index % 16 === 15) mix();
  });
  mix();
  return [state[0]!, state[1]!];
}

/** An `invalid-argument` error of this folder. */
export function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "refinement-core/random", expected, got });
}
