import { gradients } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  binarySphericalQuantiser,
  bitEntropies,
  bitNats,
  bitsOfCodes,
  bitwiseHead,
  codeEntropies,
  codesOfBits,
  drawBits,
  entropyLoss,
  initialiser,
  lookupFreeQuantiser,
  toSphere,
} from "../../src/index.js";
import { onCpu } from "../support/cpu.js";
import { normals, uniforms } from "../support/random.js";
import { runTraced } from "../support/run-traced.js";
import { randomTensor, toTensors } from "../support/tensors.js";

onCpu();

const DIMENSIONS = 6;
const first = (tensor: tf.Tensor) => tensor.dataSync()[0]!;
/** All 2^6 codes' values, [64, 6]. */
const corners = (magnitude: number) =>
  lookupFreeQuantiser([magnitude]).embed(0, bitsOfCodes(tf.range(0, 64, 1, "int32"), DIMENSIONS));

describe("bits as codes", () => {
  test("lookup-free: signs with a magnitude of each scale, ties to minus", () => {
    const quantiser = lookupFreeQuantiser([2, 0.5]);
    const { codes, value } = quantiser.quantise(1, tf.tensor2d([[3, -1e-9, 0]]));
    expect([...codes.dataSync()]).toEqual([1, 0, 0]);
    expect([...value.dataSync()]).toEqual([0.5, -0.5, -0.5]);
    expect([...quantiser.embed(0, codes).dataSync()]).toEqual([2, -2, -2]);
  });

  test("spherical: no corner is nearer, and corners are their own codes, of length 1", () => {
    const quantiser = binarySphericalQuantiser();
    const x = toSphere(randomTensor("bsq", [40, DIMENSIONS]));
    const { value } = quantiser.quantise(0, x);
    const best = tf.max(tf.matMul(x, corners(1 / Math.sqrt(DIMENSIONS)), false, true), 1).dataSync();
    tf.sum(tf.mul(x, value), 1).dataSync().forEach((product, i) => expect(product).toBeCloseTo(best[i]!, 5)); // prettier-ignore
    expect(quantiser.quantise(0, value).value.dataSync()).toEqual(value.dataSync());
    tf.sum(tf.square(value), 1).dataSync().forEach((square) => expect(square).toBeCloseTo(1, 5)); // prettier-ignore
    expect([...toSphere(tf.zeros([1, 2])).dataSync()]).toEqual([0, 0]);
  });

  test("of a number are its binary digits, lowest first, and make it again", async () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 24 - 1), { minLength: 1, maxLength: 20 }), (numbers) => {
        const bits = bitsOfCodes(tf.tensor1d(numbers, "int32"), 24);
        expect([...codesOfBits(bits).dataSync()]).toEqual(numbers);
        const digits = numbers.flatMap((number) => Array.from({ length: 24 }, (_, i) => (number >> i) & 1));
        expect([...bits.dataSync()]).toEqual(digits);
      }),
      { numRuns: 10 },
    );
    const codes = Int32Array.of(0, 1, 2 ** 24 - 1, 573);
    const traced = await runTraced({ codes: { shape: [4], data: codes } }, (inputs) => {
      const bits = bitsOfCodes(inputs.codes, 24);
      return { bits, back: codesOfBits(bits) };
    });
    expect([...traced["back"]!]).toEqual([...codes]);
    expect(() => bitsOfCodes(tf.tensor1d([1], "int32"), 25)).toThrow(/from 1 to 24 bits/);
  });
});

describe("entropies", () => {
  const magnitude = 1 / Math.sqrt(DIMENSIONS);
  const x = () => toSphere(randomTensor("entropies", [50, DIMENSIONS]));

  test("of a vector's code are the sum of its bits', exactly; of all codes together at most that", () => {
    for (const sharpness of [0.5, 5, 20]) {
      const [bits, codes] = [
        bitEntropies(x(), magnitude, sharpness),
        codeEntropies(x(), corners(magnitude), sharpness),
      ];
      expect(first(bits.perVector)).toBeCloseTo(first(codes.perVector), 4);
      expect(first(bits.together)).toBeGreaterThan(first(codes.together) - 1e-5);
      expect(first(codes.together)).toBeGreaterThan(first(codes.perVector));
    }
    // With so few vectors the codes are far from independent: the bound is not met.
    const sharp = 20;
    const gap = first(bitEntropies(x(), magnitude, sharp).together) - first(codeEntropies(x(), corners(magnitude), sharp).together); // prettier-ignore
    expect(gap).toBeGreaterThan(0.05);
  });

  test("go from ln 2 a bit, where nothing is chosen, to none", () => {
    expect(first(bitEntropies(x(), magnitude, 0).perVector)).toBeCloseTo(DIMENSIONS * Math.LN2, 5);
    expect(first(bitEntropies(tf.ones([3, 2]), 1, 100).perVector)).toBeCloseTo(0, 6);
    const both = tf.tensor2d([[1, 1], [-1, -1]]); // prettier-ignore
    expect(first(bitEntropies(both, 1, 100).together)).toBeCloseTo(2 * Math.LN2, 5);
    // The two bits are always equal: together they have one bit, and the bound says two.
    expect(first(codeEntropies(both, tf.tensor2d([[1, 1], [1, -1], [-1, 1], [-1, -1]]), 100).together)).toBeCloseTo(Math.LN2, 5); // prettier-ignore
    expect(first(entropyLoss(bitEntropies(both, 1, 100), 1))).toBeLessThan(0);
  });

  test("have finite gradients where bits are all but certain", async () => {
    const data = Float32Array.of(100, -100, 0.1, 0);
    const { x: slopes } = await runTraced({ x: { shape: [2, 2], data } }, ({ x: vectors }) =>
      gradients(entropyLoss(bitEntropies(vectors, 1, 100), 1), { x: vectors }),
    );
    expect(slopes!.every(Number.isFinite)).toBe(true);
  });
});

describe("a bitwise head", () => {
  test("has a logit for each bit; untrained it costs ln 2 a bit", () => {
    const head = bitwiseHead(8);
    const params = toTensors(head.init(initialiser(normals), 16));
    const logits = head.apply(params, randomTensor("hidden", [2, 3, 16]));
    expect(logits.shape).toEqual([2, 3, 8]);
    const bits = tf.zeros([2, 3, 8], "int32");
    for (const nats of bitNats(logits, bits).dataSync()) expect(nats).toBeCloseTo(8 * Math.LN2, 0);
  });

  test("costs of all codes are those of a distribution, and do not overflow", () => {
    const logits = tf.tile(tf.tensor3d([[[0.3, -2, 1.5, 0, 4, -0.7]]]), [1, 64, 1]);
    const nats = bitNats(logits, tf.reshape(bitsOfCodes(tf.range(0, 64, 1, "int32"), 6), [1, 64, 6])).dataSync();
    expect(Array.from(nats).reduce((sum, value) => sum + Math.exp(-value), 0)).toBeCloseTo(1, 5);
    const extreme = bitNats(tf.tensor3d([[[200, -200]]]), tf.tensor3d([[[1, 1]]], undefined, "int32"));
    expect(first(extreme)).toBeCloseTo(200, 3);
  });

  test("draws bits as often as it says, and at temperature 0 the likelier ones", () => {
    const count = 20_000;
    const draws = tf.tensor1d(uniforms("draw bits", count));
    const shareOf = (logit: number, temperature: number) =>
      first(tf.mean(drawBits(tf.fill([count], logit), draws, tf.scalar(temperature))));
    for (const [logit, temperature] of [
      [0.8, 1],
      [-1.5, 1],
      [0.8, 2],
    ] as const) {
      const p = 1 / (1 + Math.exp(-logit / temperature));
      // Four standard errors of a share.
      expect(Math.abs(shareOf(logit, temperature) - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count));
    }
    expect([shareOf(0.01, 0), shareOf(-0.01, 0)]).toEqual([1, 0]);
  });
});

test("normal vectors spread over all corners", () => {
  const codes = codesOfBits(lookupFreeQuantiser([1]).quantise(0, tf.tensor2d(normals("spread", 6400 * 6), [6400, 6])).codes); // prettier-ignore
  const hits = new Int32Array(64);
  codes.dataSync().forEach((code) => hits[code]!++);
  expect(Math.min(...hits)).toBeGreaterThan(50);
});
