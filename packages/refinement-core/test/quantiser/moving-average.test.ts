import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { hostTensor } from "../../src/pyramid/host-tensor.js";
import { codebookFromMeans, type Codebook } from "../../src/quantiser/codebook.js";
import {
  addStatistics,
  codeStatistics,
  restartCodes,
  updateCodebook,
  type Restart,
} from "../../src/quantiser/moving-average.js";
import { nearestCodes } from "../../src/quantiser/nearest.js";
import { onCpu } from "../support/cpu.js";
import { largestDifference, randomTensor, toTensors } from "../support/tensors.js";

onCpu();

const VOCABULARY = 6;
const CHANNELS = 3;
const TOKENS = 48;

function randomCodebook(name: string, tokensPerStep = TOKENS): Codebook<tf.Tensor> {
  const means = randomTensor(name, [VOCABULARY, CHANNELS]).dataSync() as Float32Array;
  const host = codebookFromMeans(
    hostTensor([VOCABULARY, CHANNELS], means),
    new Int32Array(VOCABULARY).fill(1),
    tokensPerStep,
  );
  return toTensors(host);
}

const numbers = (tensor: tf.Tensor) => [...tensor.dataSync()];
const rows = (tensor: tf.Tensor) => tensor.arraySync() as number[][];

function batch(codebook: Codebook<tf.Tensor>, name: string) {
  const vectors = randomTensor(name, [TOKENS, CHANNELS]);
  return { vectors, codes: nearestCodes(codebook.embedding, vectors) };
}

test("statistics are hits and sums by code", () => {
  const codes = tf.tensor1d([0, 2, 2, 1], "int32");
  const vectors = tf.tensor2d([[1, 2], [3, 4], [5, 6], [7, 8]]); // prettier-ignore
  const { count, sum } = codeStatistics(codes, vectors, 4);
  expect(numbers(count)).toEqual([1, 1, 2, 0]);
  expect(rows(sum)).toEqual([[1, 2], [7, 8], [8, 10], [0, 0]]); // prettier-ignore
});

test("sites of weight 0 count as if they were not there", () => {
  const { vectors, codes } = batch(randomCodebook("c"), "x");
  const weights = tf.tensor1d(Array.from({ length: TOKENS }, (_, n) => Number(n < 20)));
  const masked = codeStatistics(codes, vectors, VOCABULARY, weights);
  const prefix = codeStatistics(tf.slice(codes, 0, 20), tf.slice(vectors, 0, 20), VOCABULARY);
  expect(numbers(masked.count)).toEqual(numbers(prefix.count));
  expect(largestDifference(masked.sum, prefix.sum)).toBeLessThan(1e-5);
});

test("statistics of two halves add up to those of the whole", () => {
  const { vectors, codes } = batch(randomCodebook("c"), "x");
  const half = (start: number) => codeStatistics(tf.slice(codes, start, 24), tf.slice(vectors, start, 24), VOCABULARY);
  const [whole, sum] = [codeStatistics(codes, vectors, VOCABULARY), addStatistics(half(0), half(24))];
  expect(numbers(sum.count)).toEqual(numbers(whole.count));
  expect(largestDifference(sum.sum, whole.sum)).toBeLessThan(1e-5);
});

test("a step is the formula of the moving averages", () => {
  const codebook = randomCodebook("c");
  const { vectors, codes } = batch(codebook, "x");
  const statistics = codeStatistics(codes, vectors, VOCABULARY);
  const { count, sum, embedding } = updateCodebook(codebook, statistics, 0.9);
  const [n, c] = [numbers(codebook.count), numbers(statistics.count)];
  const expected = n.map((value, i) => 0.9 * value + 0.1 * c[i]!);
  const total = expected.reduce((a, b) => a + b);
  numbers(count).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 5);
  });
  rows(sum).forEach((row, i) =>
    row.forEach((value, k) => {
      const m = 0.9 * rows(codebook.sum)[i]![k]! + 0.1 * rows(statistics.sum)[i]![k]!;
      expect(value).toBeCloseTo(m, 5);
      const smoothed = ((expected[i]! + 1e-5) / (total + VOCABULARY * 1e-5)) * total;
      expect(rows(embedding)[i]![k]).toBeCloseTo(m / smoothed, 5);
    }),
  );
});

test("a codebook made of means starts with those means", () => {
  const codebook = randomCodebook("c");
  const nothing = { count: tf.mul(codebook.count, 1), sum: codebook.sum };
  expect(largestDifference(updateCodebook(codebook, nothing, 0.99).embedding, codebook.embedding)).toBeLessThan(1e-5);
});

test("a code that no vector of weight hits stays in place, however long", () => {
  const start = randomCodebook("c");
  let codebook = start;
  const weights = tf.zeros([TOKENS]);
  const { vectors, codes } = batch(codebook, "x");
  for (let step = 0; step < 2000; step++) {
    codebook = tf.tidy(() => updateCodebook(codebook, codeStatistics(codes, vectors, VOCABULARY, weights), 0.99));
  }
  // Its count has decayed to nothing: without care the smoothing would have moved it to the origin.
  expect(Math.max(...numbers(codebook.count))).toBeLessThan(1e-6);
  expect(largestDifference(codebook.embedding, start.embedding)).toBeLessThan(0.05);
});

test("codes move to the means of what they are chosen for", () => {
  const centres = [-3, 0, 4];
  const start = codebookFromMeans(hostTensor([3, 1], Float32Array.from([-1, 0.2, 1])), [1, 1, 1], 30);
  let codebook = toTensors(start);
  for (let step = 0; step < 200; step++) {
    codebook = tf.tidy(() => {
      const noise = randomTensor(`noise ${step}`, [30, 1], 0.1);
      const vectors = tf.add(noise, tf.tensor2d(Array.from({ length: 30 }, (_, n) => [centres[n % 3]!])));
      return updateCodebook(codebook, codeStatistics(nearestCodes(codebook.embedding, vectors), vectors, 3), 0.9);
    });
  }
  numbers(codebook.embedding).forEach((value, i) => {
    expect(value).toBeCloseTo(centres[i]!, 1);
  });
});

const restartWith = (change: Partial<Restart> = {}): Restart => ({
  expected: TOKENS / VOCABULARY,
  threshold: 0.1,
  pool: randomTensor("pool", [TOKENS, CHANNELS]),
  choices: tf.tensor1d([40, 41, 42, 43, 44, 45], "int32"),
  active: tf.tensor1d([1]),
  ...change,
});

/** A codebook whose codes 1 and 4 are hardly used. */
function withDeadCodes(): Codebook<tf.Tensor> {
  const codebook = randomCodebook("c");
  const share = tf.tensor1d([1, 0.01, 1, 1, 0.09, 1]);
  return {
    ...codebook,
    count: tf.mul(codebook.count, share),
    sum: tf.mul(codebook.sum, tf.expandDims(share, 1)),
  };
}

test("a restart sets all three buffers of the codes with too few hits, and no others", () => {
  const before = withDeadCodes();
  const restart = restartWith();
  const { codebook, restarted } = restartCodes(before, restart);
  expect(numbers(restarted)).toEqual([2]);
  for (let code = 0; code < VOCABULARY; code++) {
    const moved = code === 1 || code === 4;
    const place = rows(restart.pool)[40 + code]!;
    expect(rows(codebook.embedding)[code]).toEqual(moved ? place : rows(before.embedding)[code]);
    expect(numbers(codebook.count)[code]).toBe(moved ? 8 : numbers(before.count)[code]);
    expect(rows(codebook.sum)[code]).toEqual(moved ? place.map((x) => Math.fround(8 * x)) : rows(before.sum)[code]);
  }
});

/** How far one step on a new batch moves the codes. */
function movedByNextStep(codebook: Codebook<tf.Tensor>): number {
  const { vectors, codes } = batch(codebook, "next");
  const next = updateCodebook(codebook, codeStatistics(codes, vectors, VOCABULARY), 0.99);
  return largestDifference(next.embedding, codebook.embedding);
}

test("restarted codes survive the next step", () => {
  const { codebook } = restartCodes(withDeadCodes(), restartWith());
  expect(movedByNextStep(codebook)).toBeLessThan(0.05);
  expect(numbers(restartCodes(codebook, restartWith()).restarted)).toEqual([0]);
});

test("control: codes moved without their statistics are thrown back", () => {
  const before = withDeadCodes();
  const { embedding } = restartCodes(before, restartWith()).codebook;
  expect(movedByNextStep({ ...before, embedding })).toBeGreaterThan(0.3);
});

test("nothing restarts while restarts are off", () => {
  const before = withDeadCodes();
  const { codebook, restarted } = restartCodes(before, restartWith({ active: tf.tensor1d([0]) }));
  expect(numbers(restarted)).toEqual([0]);
  expect(largestDifference(codebook.embedding, before.embedding)).toBe(0);
});

test("what counts as too few follows the scale: at 1x1 one hit in eight steps is as expected", () => {
  const coarse = randomCodebook("c", 1);
  expect(numbers(restartCodes(coarse, restartWith({ expected: 1 / VOCABULARY })).restarted)).toEqual([0]);
  // Measured by a finer scale's tokens, all of its codes would look dead.
  expect(numbers(restartCodes(coarse, restartWith()).restarted)).toEqual([VOCABULARY]);
});

test("codes that k-means never chose start with few hits, not with none", () => {
  const host = codebookFromMeans(hostTensor([2, 1], Float32Array.from([3, 5])), [10, 0], 100);
  expect(host.count.data[0]).toBe(100);
  expect(host.count.data[1]).toBeCloseTo(0.5);
  expect(host.sum.data[1]! / host.count.data[1]!).toBeCloseTo(5);
});
