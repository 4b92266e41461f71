import { isNextscaleError, philox4x32 } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { counterAt, LIMITS, randomStream } from "../../src/random/stream.js";
import { uniforms } from "../../src/random/distributions.js";

const seed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const below = (limit: number) => fc.integer({ min: 0, max: limit - 1 });
const address = fc.record({
  seed,
  stream: below(LIMITS.stream),
  item: below(LIMITS.item),
  scale: below(LIMITS.scale),
  site: below(LIMITS.site),
});
type FullAddress = { seed: bigint; stream: number; item: number; scale: number; site: number };

/** The words that an address stands for, packed into one integer. */
function packed(a: FullAddress): bigint {
  const stream = randomStream(a.seed, a.stream);
  return [...counterAt(stream, a), ...stream.key].reduce((sum, word) => sum * 2n ** 32n + BigInt(word), 0n);
}

test("key and counter are laid out as documented", () => {
  const stream = randomStream(0x0123456789abcdefn, 0xabc);
  expect(stream.key).toEqual([0x89abcdef, 0x01234567]);
  const counter = counterAt(stream, { item: 0xfe12345678, scale: 0x987, site: 0xdeadbeef });
  expect(counter).toEqual([0, 0xdeadbeef, 0x12345678, 0xabc987fe]);
  const words = new Uint32Array(4);
  philox4x32([2, 0xdeadbeef, 0x12345678, 0xabc987fe], stream.key, words);
  const drawn = uniforms(stream, { items: [0xfe12345678], scale: 0x987, sites: [0xdeadbeef], draws: 10 });
  expect(drawn[9]).toBe(Math.fround(((words[1]! >>> 8) + 1) / (2 ** 24 + 1)));
});

/** Recovers the address from the words: possible only if no two addresses have the same words. */
function unpacked(words: bigint): FullAddress {
  const word = (i: number) => Number((words >> BigInt(32 * (5 - i))) & 0xffffffffn);
  return {
    seed: BigInt(word(4)) + BigInt(word(5)) * 2n ** 32n,
    stream: word(3) >>> 20,
    scale: (word(3) >>> 8) & 0xfff,
    item: word(2) + (word(3) & 0xff) * 2 ** 32,
    site: word(1),
  };
}

test("different addresses have different words", () => {
  fc.assert(
    fc.property(address, (a) => {
      expect(unpacked(packed(a))).toEqual(a);
    }),
  );
});

test("control: a layout with an item of 8 bits too few is not injective", () => {
  const clipped = (a: FullAddress) => packed({ ...a, item: a.item % 2 ** 32 });
  const a = { seed: 1n, stream: 0, item: 7, scale: 0, site: 0 };
  expect(clipped({ ...a, item: 2 ** 32 + 7 })).toBe(clipped(a));
  expect(packed({ ...a, item: 2 ** 32 + 7 })).not.toBe(packed(a));
});

test("a seed is the same as number and as bigint", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (s) => {
      expect(randomStream(s, "x")).toEqual(randomStream(BigInt(s), "x"));
    }),
  );
});

test("names have keys of their own, whatever their length and their seed", () => {
  const names = ["a", "b", "ab", "a\0", "\0a", "é", "0", "parameters/blocks/0/query", "x".repeat(16), "x".repeat(32)];
  const keys = [0, 1, 2n ** 63n].flatMap((s) => names.map((name) => randomStream(s, name).key.join()));
  expect(new Set(keys).size).toBe(keys.length);
  fc.assert(
    fc.property(seed, fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 20 }), (s, list) => {
      expect(new Set(list.map((name) => randomStream(s, name).key.join())).size).toBe(list.length);
    }),
  );
});

test("the digest of a name is the documented chain of Philox blocks", () => {
  const key = [5, 0] as const;
  const state = new Uint32Array(4);
  philox4x32([3, 0, 0, 0], key, state);
  philox4x32([(state[0]! ^ 0x636261) >>> 0, state[1]!, state[2]!, state[3]!], key, state);
  expect(randomStream(5, "abc").key).toEqual([state[0], state[1]]);
});

test.each([
  ["seed", () => randomStream(-1, 0)],
  ["seed", () => randomStream(0.5, 0)],
  ["seed", () => randomStream(2 ** 53, 0)],
  ["seed", () => randomStream(2n ** 64n, 0)],
  ["name", () => randomStream(0, "")],
  ["stream", () => randomStream(0, LIMITS.stream)],
  ["item", () => counterAt(randomStream(0, 0), { item: LIMITS.item })],
  ["item", () => counterAt(randomStream(0, 0), { item: NaN })],
  ["scale", () => counterAt(randomStream(0, 0), { scale: -1 })],
  ["site", () => counterAt(randomStream(0, 0), { site: LIMITS.site })],
])("a %s outside its range is named", (field, act) => {
  let thrown: unknown;
  try {
    act();
  } catch (error) {
    thrown = error;
  }
  expect(isNextscaleError(thrown, "invalid-argument")).toBe(true);
  expect((thrown as Error).message).toContain(field);
});
