import fc from "fast-check";
import { expect, test } from "vitest";
import { philox4x32 } from "../../src/random/philox.js";

type Counter = readonly [number, number, number, number];
type Key = readonly [number, number];
/** Four output words of one counter and key. */
type Generator = (counter: Counter, key: Key) => Uint32Array;

const philox: Generator = (counter, key) => {
  const out = new Uint32Array(4);
  philox4x32(counter, key, out);
  return out;
};

const hex = (words: Iterable<number>) => Array.from(words, (word) => word.toString(16).padStart(8, "0")).join(" ");

/** The published algorithm in big integers, with the rounds as an argument: slow, obvious, and an independent oracle. */
function philoxBigInt(counter: Counter, key: Key, rounds = 10): Uint32Array {
  const mask = 0xffffffffn;
  let [c0, c1, c2, c3] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
  let [k0, k1] = key.map(BigInt) as [bigint, bigint];
  for (let round = 0; round < rounds; round++) {
    const product0 = 0xd2511f53n * c0;
    const product1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(product1 >> 32n) ^ c1 ^ k0, product1 & mask, (product0 >> 32n) ^ c3 ^ k1, product0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return Uint32Array.from([c0, c1, c2, c3], Number);
}

const word = fc.oneof(
  fc.integer({ min: 0, max: 0xffffffff }),
  fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff),
);

test("known answers of Random123 (kat_vectors, philox4x32 10)", () => {
  expect(hex(philox([0, 0, 0, 0], [0, 0]))).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
  const ones = 0xffffffff;
  expect(hex(philox([ones, ones, ones, ones], [ones, ones]))).toBe("408f276d 41c83b0e a20bc7c6 6d5451fd");
  const pi = philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]);
  expect(hex(pi)).toBe("d16cfe09 94fdcceb 5001e420 24126ea1");
});

test("agrees with the definition in big integers, at any counter and key", () => {
  fc.assert(
    fc.property(fc.tuple(word, word, word, word), fc.tuple(word, word), (counter, key) => {
      expect(hex(philox(counter, key))).toBe(hex(philoxBigInt(counter, key)));
    }),
  );
});

test("signed and unsigned forms of a word are the same word", () => {
  expect(hex(philox([-1, -2, 3, -4], [-5, 6]))).toBe(
    hex(philox([0xffffffff, 0xfffffffe, 3, 0xfffffffc], [0xfffffffb, 6])),
  );
});

test("writes only its four words", () => {
  const out = new Uint32Array(12);
  philox4x32([0, 0, 0, 0], [0, 0], out, 5);
  expect(hex(out.subarray(5, 9))).toBe("6627e8d5 e169c58d bc57ac4c 9b00dbd8");
  expect([...out.subarray(0, 5), ...out.subarray(9)]).toEqual(new Array(8).fill(0));
});

/**
 * Chi-square statistics of consecutive blocks, as z-scores. `bits`: are the 128 output bits each set half of the time
 * (128 degrees of freedom); `bytes`: are the 256 values of a byte equally frequent (255). A chi-square of d degrees of
 * freedom has mean d and variance 2 d.
 */
function uniformity(generate: Generator, blocks: number): { bits: number; bytes: number } {
  const set = new Float64Array(128);
  const histogram = new Float64Array(256);
  for (let block = 0; block < blocks; block++) {
    generate([block, 0, 0, 0], [7, 11]).forEach((value, index) => {
      for (let bit = 0; bit < 32; bit++) set[32 * index + bit]! += (value >>> bit) & 1;
      for (let shift = 0; shift < 32; shift += 8) histogram[(value >>> shift) & 0xff]! += 1;
    });
  }
  const expected = (16 * blocks) / 256;
  const chiBits = set.reduce((sum, count) => sum + (2 * count - blocks) ** 2 / blocks, 0);
  const chiBytes = histogram.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return { bits: (chiBits - 128) / Math.sqrt(256), bytes: (chiBytes - 255) / Math.sqrt(510) };
}

test("bits and bytes of consecutive counters are uniform; the counter itself is not", () => {
  const good = uniformity(philox, 20_000);
  expect(Math.abs(good.bits)).toBeLessThan(4);
  expect(Math.abs(good.bytes)).toBeLessThan(4);
  const counterItself = uniformity((counter) => Uint32Array.from(counter), 20_000);
  expect(counterItself.bits).toBeGreaterThan(100);
  expect(counterItself.bytes).toBeGreaterThan(100);
});

/** For each of the 192 input bits, the fraction of the 128 output bits that change when it does; 1/2 is ideal. */
function avalanche(generate: Generator, trials: number): number[] {
  const popcount = (value: number) => {
    let count = 0;
    for (let rest = value; rest !== 0; rest &= rest - 1) count++;
    return count;
  };
  return Array.from({ length: 192 }, (_, bit) => {
    let changed = 0;
    for (let trial = 0; trial < trials; trial++) {
      const input = [trial, 3 * trial, 0, 5, 2, trial];
      const before = generate(input.slice(0, 4) as unknown as Counter, input.slice(4) as unknown as Key);
      input[bit >>> 5] = (input[bit >>> 5]! ^ (1 << (bit & 31))) >>> 0;
      const after = generate(input.slice(0, 4) as unknown as Counter, input.slice(4) as unknown as Key);
      after.forEach((value, index) => (changed += popcount(value ^ before[index]!)));
    }
    return changed / (128 * trials);
  });
}

test("every counter and key bit flips half of the output bits; after two rounds it does not yet", () => {
  // 100 trials of 128 bits: the standard deviation of a fraction is 0.0044, so 0.025 is 5.6 of them.
  const worst = (fractions: number[]) => Math.max(...fractions.map((fraction) => Math.abs(fraction - 0.5)));
  expect(worst(avalanche(philox, 100))).toBeLessThan(0.025);
  expect(worst(avalanche((counter, key) => philoxBigInt(counter, key, 2), 3))).toBeGreaterThan(0.2);
});
