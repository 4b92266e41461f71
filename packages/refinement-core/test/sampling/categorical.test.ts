import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawByInversion, drawCategorical, gumbelFromUniform } from "../../src/sampling/categorical.js";
import { drawRow, truncatedProbabilities, type Truncation } from "../../src/sampling/reference.js";
import { onCpu } from "../support/cpu.js";
import { gumbels, normals, uniforms } from "../support/random.js";

onCpu();

const CODES = 9;

function draw(logits: Float32Array, gumbel: Float32Array, truncation: Truncation): number[] {
  const rows = logits.length / CODES;
  const codes = drawCategorical(tf.tensor3d(logits, [1, rows, CODES]), {
    gumbel: tf.tensor3d(gumbel, [1, rows, CODES]),
    temperature: tf.tensor1d([truncation.temperature ?? 1]),
    ...(truncation.topK === undefined ? {} : { topK: truncation.topK }),
    ...(truncation.topP === undefined ? {} : { topP: tf.tensor1d([truncation.topP]) }),
  });
  return [...codes.dataSync()];
}

const rowOf = (values: Float32Array, row: number): Float32Array => values.subarray(row * CODES, (row + 1) * CODES);

describe("the traced draw agrees with its double-precision definition", () => {
  const truncation = fc.record<Truncation>(
    {
      temperature: fc.constantFrom(0, 0.3, 1, 1.7),
      topK: fc.integer({ min: 1, max: CODES + 2 }),
      // Off the values at which a tie in the sum could go either way.
      topP: fc.integer({ min: 0, max: 20 }).map((i) => (i + 0.37) / 21),
    },
    { requiredKeys: ["temperature"] },
  );

  test("for random logits, noise and cuts", () => {
    fc.assert(
      fc.property(truncation, fc.nat(1e6), (options, seed) => {
        const rows = 6;
        const logits = normals("logits", rows * CODES, seed).map((value) => 2 * value);
        const gumbel = gumbels("gumbel", rows * CODES, seed);
        const expected = Array.from({ length: rows }, (_, r) => drawRow(rowOf(logits, r), rowOf(gumbel, r), options));
        expect(draw(logits, gumbel, options)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  test("for equal logits: those that tie with the k-th stay, the cut of top-p takes or leaves them together", () => {
    const logits = Float32Array.of(1, 0, 1, 2, 1, -5, -5, -5, -5);
    expect([...truncatedProbabilities(logits, { topK: 2 })].map((p) => p > 0)).toEqual(
      [1, 0, 1, 1, 1, 0, 0, 0, 0].map(Boolean),
    );
    // exp 2, three times exp 1: 0.475, 0.175 each after top-k; 0.6 is reached inside the group of three.
    expect([...truncatedProbabilities(logits, { topK: 2, topP: 0.6 })].map((p) => p > 0)).toEqual(
      [1, 0, 1, 1, 1, 0, 0, 0, 0].map(Boolean),
    );
    for (let seed = 0; seed < 20; seed++) {
      const gumbel = gumbels("ties", CODES, seed);
      for (const options of [{ topK: 2 }, { topK: 2, topP: 0.6 }, { topP: 0.1 }, { topK: 5, topP: 0.9 }]) {
        expect(draw(logits, gumbel, options)).toEqual([drawRow(logits, gumbel, options)]);
      }
    }
  });
});

test("top-k = 1, top-p -> 0 and temperature 0 are all argMax", () => {
  const logits = normals("logits", 50 * CODES);
  const gumbel = gumbels("gumbel", 50 * CODES);
  const most = [...tf.argMax(tf.tensor2d(logits, [50, CODES]), -1).dataSync()];
  expect(draw(logits, gumbel, { topK: 1 })).toEqual(most);
  expect(draw(logits, gumbel, { topP: 0 })).toEqual(most);
  expect(draw(logits, gumbel, { topP: 1e-6 })).toEqual(most);
  expect(draw(logits, gumbel, { temperature: 0 })).toEqual(most);
  expect(draw(logits, gumbel, {})).not.toEqual(most);
});

/** Pearson's statistic of draws against a distribution. */
function chiSquare(codes: readonly number[], probabilities: Float64Array): number {
  return probabilities.reduce((sum, probability, code) => {
    const expected = probability * codes.length;
    const observed = codes.filter((drawn) => drawn === code).length;
    if (expected === 0) return sum + (observed === 0 ? 0 : Infinity);
    return sum + (observed - expected) ** 2 / expected;
  }, 0);
}

/** 99.9 % quantiles of chi-square for 1 to 8 degrees of freedom. */
const QUANTILES = [10.83, 13.82, 16.27, 18.47, 20.52, 22.46, 24.32, 26.12];

test("draws have the frequencies of the truncated softmax", () => {
  const row = Float32Array.of(0.5, -1, 2, 0, 1.2, 0.1, -0.4, 1.5, -2);
  const count = 4000;
  const logits = Float32Array.from({ length: count * CODES }, (_, i) => row[i % CODES] ?? 0);
  const gumbel = gumbels("frequencies", count * CODES, 7);
  const cases: Truncation[] = [
    {},
    { temperature: 0.6 },
    { topK: 4 },
    { topP: 0.8 },
    { temperature: 1.5, topK: 6, topP: 0.9 },
  ];
  for (const options of cases) {
    const probabilities = truncatedProbabilities(row, options);
    const free = probabilities.filter((p) => p > 0).length - 1;
    expect(chiSquare(draw(logits, gumbel, options), probabilities)).toBeLessThan(QUANTILES[free - 1] ?? 0);
  }
  // Negative control: the statistic tells temperature 0.8 from 1.
  const warm = draw(logits, gumbel, { temperature: 0.8 });
  expect(chiSquare(warm, truncatedProbabilities(row))).toBeGreaterThan(QUANTILES[7] ?? 0);
});

test("noise made from uniforms in the program is the host's, up to the precision of 24 bits", () => {
  const u = uniforms("u", 5000);
  const noise = gumbelFromUniform(tf.tensor1d(u)).dataSync();
  u.forEach((value, i) => expect(Math.abs((noise[i] ?? NaN) + Math.log(-Math.log(value)))).toBeLessThan(1e-5));
  const extremes = gumbelFromUniform(tf.tensor1d([1 / (2 ** 24 + 1), 1 - 2 ** -24])).dataSync();
  expect(extremes[0]).toBeCloseTo(-Math.log(24 * Math.LN2), 5);
  expect(extremes[1]).toBeCloseTo(24 * Math.LN2, 4);
});

test("top-p keeps the smallest set that reaches p", () => {
  const logits = Float32Array.of(0.4, 0.3, 0.2, 0.1).map(Math.log);
  const kept = (topP: number): number => truncatedProbabilities(logits, { topP }).filter((p) => p > 0).length;
  expect([0.05, 0.39, 0.41, 0.69, 0.71, 0.89, 0.91, 1].map(kept)).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
});

test("Gumbel noise stays finite where a logarithm is inexact, and is otherwise that of the formula, bit for bit", () => {
  const nearest = 1 - 2 ** -24;
  const draws = Array.from({ length: 4096 }, (_, i) => (i + 0.5) / 4096);
  const uniform = tf.tensor1d([nearest, 2 ** -25, 1 - 2 ** -23, ...draws]);
  const plain = tf.neg(tf.log(tf.neg(tf.log(uniform))));
  expect(gumbelFromUniform(uniform).dataSync()).toEqual(plain.dataSync());
  // 1 stands for what an inexact logarithm makes of the nearest number below it.
  const [inexact = NaN, exact = NaN] = gumbelFromUniform(tf.tensor1d([1, nearest])).dataSync();
  expect(Number.isFinite(inexact)).toBe(true);
  expect(inexact).toBeGreaterThan(exact);
});

describe("drawing by inversion", () => {
  const logits = tf.tensor2d([0, 1, 2, -1, 3, -2, 0, 0, 0], [1, 9]);
  const at = (uniform: number, temperature = 1) =>
    drawByInversion(logits, tf.tensor1d([uniform]), tf.tensor1d([temperature])).dataSync()[0]!;

  test("codes are as frequent as they are probable, at any temperature", () => {
    const count = 20_000;
    const uniform = tf.tensor1d(uniforms("inversion", count));
    for (const temperature of [0.5, 1, 2]) {
      const many = tf.broadcastTo(logits, [count, 9]);
      const codes = drawByInversion(many, uniform, tf.tensor1d([temperature])).dataSync();
      const probabilities = tf.softmax(tf.div(logits, temperature)).dataSync();
      probabilities.forEach((probability, code) => {
        const found = Array.from(codes).filter((one) => one === code).length / count;
        expect(Math.abs(found - probability)).toBeLessThan(4 * Math.sqrt(probability / count) + 1e-4);
      });
    }
  });

  test("a larger number never gives a lower code, and the largest and smallest give codes that exist", () => {
    const codes = Array.from({ length: 200 }, (_, i) => at((i + 0.5) / 200));
    expect(codes).toEqual([...codes].sort((a, b) => a - b));
    expect(at(1 - 2 ** -24)).toBe(8);
    expect(at(2 ** -24)).toBe(0);
  });
});
