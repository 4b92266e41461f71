import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import {
  bitNoise,
  corrupted,
  encode,
  flipBits,
  flipHostBits,
  given,
  lookupFreeQuantiser,
  randomStream,
  residualQuantiser,
  walk,
  type Scale,
} from "../../src/index.js";
import { onCpu } from "../support/cpu.js";
import { runTraced } from "../support/run-traced.js";
import { largestDifference, randomTensor } from "../support/tensors.js";

onCpu();

const stream = randomStream(5, "bits");
const [ITEMS, SITES, BITS] = [3, 4, 6];

describe("bit noise", () => {
  test("flips at the mean of the items' probabilities, and none at strength 0", () => {
    const mask = bitNoise(stream, { items: 2000, scale: 0, sites: 10, bits: BITS, strength: 0.3 });
    expect(mask.reduce((sum, flag) => sum + flag, 0) / mask.length).toBeCloseTo(0.15, 2);
    // An item either has few flips or many: with one rate for all the spread would be a binomial's, 0.046.
    const rates = Array.from(
      { length: 2000 },
      (_, i) => mask.subarray(60 * i, 60 * i + 60).reduce((a, b) => a + b, 0) / 60,
    );
    const spread = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - 0.15) ** 2, 0) / rates.length);
    expect(spread).toBeGreaterThan(0.08);
    expect(bitNoise(stream, { items: 9, scale: 0, sites: 10, bits: 3, strength: 0 }).includes(1)).toBe(false);
  });

  test("of an item does not depend on its batch, and a wrong strength is refused", () => {
    const options = { scale: 1, sites: SITES, bits: BITS, strength: 0.5 };
    const whole = bitNoise(stream, { ...options, items: 3 });
    expect(bitNoise(stream, { ...options, items: [2] })).toEqual(whole.slice(2 * SITES * BITS));
    expect(() => bitNoise(stream, { ...options, items: 1, strength: 2 })).toThrow(/a strength from 0 to 1/);
  });

  test("turns bits over, on the host and in a trace", async () => {
    const [mask, bits] = [Int32Array.of(0, 0, 1, 1), Int32Array.of(0, 1, 0, 1)];
    expect([...flipHostBits(mask, { shape: [4], data: bits }).data]).toEqual([0, 1, 1, 0]);
    const inputs = { mask: { shape: [4], data: mask }, bits: { shape: [4], data: bits } };
    const { flipped } = await runTraced(inputs, (t) => ({ flipped: flipBits(t.mask, t.bits) }));
    expect([...flipped!]).toEqual([0, 1, 1, 0]);
  });
});

describe("bitwise self-correction", () => {
  /** Seven scales of one resolution, each adding plus or minus half of what the one before did. */
  const scale: Scale<tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor> = {
    context: (state) => state,
    residual: (wanted, context) => tf.sub(wanted, context),
    refine: (state, value) => tf.add(state, value),
  };
  const magnitudes = Array.from({ length: 7 }, (_, k) => 2 ** -k);
  const quantiser = lookupFreeQuantiser(magnitudes);
  const scales = magnitudes.map(() => scale);
  const start = () => tf.zeros([ITEMS, SITES, BITS]);
  const data = () => tf.mul(tf.tanh(randomTensor("self-correction", [ITEMS, SITES, BITS])), 1.5);
  const flips = (at: number) => (index: number, bits: tf.Tensor) => {
    if (index !== at) return bits;
    const mask = bitNoise(stream, { items: ITEMS, scale: index, sites: SITES, bits: BITS, strength: 0.3 });
    return flipBits(tf.tensor3d(mask, [ITEMS, SITES, BITS], "int32"), bits);
  };
  const walked = (at: number) => {
    const target = data();
    return [...walk(scales, start(), corrupted(quantiser, encode(quantiser, target), flips(at)))];
  };
  const end = (visits: ReturnType<typeof walked>) => visits[visits.length - 1]!.state;

  test("without flips gives the encoder's bits, within the last magnitude of the data", () => {
    const visits = walked(-1);
    const plain = [...walk(scales, start(), encode(quantiser, data()))];
    visits.forEach(({ targets, codes }, k) => {
      expect(codes.dataSync()).toEqual(plain[k]!.codes.dataSync());
      expect(targets.dataSync()).toEqual(plain[k]!.codes.dataSync());
    });
    expect(largestDifference(end(visits), data())).toBeLessThanOrEqual(2 ** -6 + 1e-6);
  });

  test("aims later bits at what a flip left undone, so that a late one is repaired as far as bits reach", () => {
    const clean = walked(-1);
    const visits = walked(2);
    const flipped = largestDifference(tf.cast(visits[2]!.codes, "float32"), tf.cast(visits[2]!.targets, "float32"));
    expect(flipped).toBe(1);
    // The flip moves by 2 * 2^-2; bits 3 to 6 reach 2^-3 + ... + 2^-6 = 15/64 beyond where they start from.
    const bound = 2 * 2 ** -2 + 2 ** -2 - 15 / 64 + 1e-6;
    expect(largestDifference(end(visits), data())).toBeLessThan(bound);
    // Control: the clean path's later bits after the same flip leave all of it.
    const mixed = visits.map(({ codes }, k) => (k <= 2 ? codes : clean[k]!.codes));
    const unrepaired = [...walk(scales, start(), given(quantiser, mixed))];
    const error = (state: tf.Tensor) => tf.mean(tf.square(tf.sub(state, data()))).dataSync()[0]!;
    expect(error(end(visits))).toBeLessThan(0.7 * error(unrepaired[6]!.state));
  });
});

test("residual bits of halving magnitudes are a number's binary digits", () => {
  const stages = Array.from({ length: 8 }, (_, k) => lookupFreeQuantiser([2 ** -k]));
  const residual = residualQuantiser(stages, { add: (a, b) => tf.add(a, b), subtract: (a, b) => tf.sub(a, b) });
  const x = tf.tensor1d([0.7, -1.3, 1.9]);
  const { codes, value } = residual.quantise(0, x);
  expect(largestDifference(value, x)).toBeLessThanOrEqual(2 ** -7 + 1e-6);
  const digits = codes.map((bits) => Array.from(bits.dataSync()));
  [0.7, -1.3, 1.9].forEach((number, i) => {
    // (x + 2) / 4 in binary, from the first digit after the point on.
    const whole = Math.floor(((number + 2) / 4) * 2 ** 8);
    digits.forEach((bits, k) => expect(bits[i]).toBe((whole >> (7 - k)) & 1));
  });
});
