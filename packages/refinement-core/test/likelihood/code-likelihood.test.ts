import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { codeNats, gaussianNats, sumByScale } from "../../src/likelihood/code-nll.js";
import { codeLikelihood } from "../../src/likelihood/report.js";
import { fitUnigram, unigramCrossEntropy } from "../../src/likelihood/unigram.js";
import { gridGeometry } from "../../src/refiner/geometry.js";
import { categoricalHead } from "../../src/refiner/head.js";
import { parameterNormals } from "../../src/refiner/parameters.js";
import { withHead } from "../../src/refiner/refiner.js";
import { scaleTransformer } from "../../src/refiner/scale-transformer.js";
import { GRID_FEATURES } from "../../src/refiner/site-features.js";
import { onCpu } from "../support/cpu.js";
import { randomTensor, toTensors } from "../support/tensors.js";

onCpu();

const bits = (length: number): number[][] =>
  Array.from({ length: 2 ** length }, (_, n) => Array.from({ length }, (_, j) => (n >> j) & 1));

describe.each(["prefix", "markov"] as const)("every code sequence of two scales, %s context", (context) => {
  const scales = gridGeometry([
    [1, 1],
    [2, 2],
  ]);
  const refiner = withHead(
    scaleTransformer({
      scales,
      features: GRID_FEATURES,
      contextChannels: 3,
      classes: 0,
      context,
      width: 16,
      heads: 2,
      expansion: 2,
      depth: 2,
      gateInit: 1,
    }),
    categoricalHead(2),
  );

  test("has probabilities that sum to 1", () => {
    const host = refiner.init(parameterNormals(1));
    // A trained head is not near uniform: make this one neither.
    const head = { weight: randomTensor("head", [16, 2], 0.5), bias: tf.tensor1d([0.3, -0.2]) };
    const params = { ...toTensors(host), head };
    const sequences = bits(5);
    const codes = tf.tensor2d(sequences, [32, 5], "int32");
    const embedding = randomTensor("embedding", [2, 3]);
    const base = tf.gather(embedding, tf.slice(codes, [0, 0], [-1, 1]));
    const contexts = [tf.zeros([32, 1, 3]), tf.add(base, tf.zeros([1, 4, 1]))];
    const logits = refiner.applyAll(params, contexts, tf.zeros([32], "int32"));
    const nats = sumByScale(codeNats(logits, codes), scales);
    const total = Float64Array.from(tf.neg(tf.sum(nats, 1)).dataSync(), Math.exp);
    expect(total.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    expect(Math.max(...total)).toBeGreaterThan(1.5 * Math.min(...total));
    // Each scale sums to 1 by itself too: over the base codes, and over the fine ones given a base code.
    const fine = Float64Array.from(tf.neg(tf.slice(nats, [0, 1], [-1, 1])).dataSync(), Math.exp);
    const given = (base: number): number =>
      fine.filter((_, i) => sequences[i]?.[0] === base).reduce((a, b) => a + b, 0);
    expect(given(0)).toBeCloseTo(1, 5);
    expect(given(1)).toBeCloseTo(1, 5);
  });
});

describe("three scales of one code each whose state is the sum of the codes so far", () => {
  const scales = [{ sites: 1 }, { sites: 1 }, { sites: 1 }];
  const sequences = bits(3);
  /** p(r_3 = 1) given the codes before it; r_1 and r_2 are fair coins. */
  type Process = (first: number, second: number) => number;

  /** Mean cost of r_3 for a refiner that knows exactly what its context tells: `all` codes, or only their sum. */
  const optimalNats = (process: Process, seen: "prefix" | "markov"): number => {
    const third = (first: number, second: number): number => {
      if (seen === "prefix") return process(first, second);
      const alike = bits(2).filter(([a = 0, b = 0]) => a + b === first + second);
      return alike.reduce((sum, [a = 0, b = 0]) => sum + process(a, b), 0) / alike.length;
    };
    const logits = sequences.map(([first = 0, second = 0]) => {
      const p = third(first, second);
      return [
        [0, 0],
        [0, 0],
        [Math.log(1 - p), Math.log(p)],
      ];
    });
    const nats = sumByScale(
      codeNats(tf.tensor3d(logits), tf.tensor2d(sequences, [8, 3], "int32")),
      scales,
    ).arraySync() as number[][];
    return sequences.reduce((mean, [first = 0, second = 0, last = 0], i) => {
      const p = process(first, second);
      return mean + 0.25 * (last === 1 ? p : 1 - p) * (nats[i]?.[2] ?? 0);
    }, 0);
  };
  const entropy = (p: number): number => -p * Math.log(p) - (1 - p) * Math.log(1 - p);

  test("Markov costs more when the process looks past the state", () => {
    // r_3 repeats r_1 nine times in ten; the sum of the codes hides r_1 in half of the cases.
    const process: Process = (first) => (first === 1 ? 0.9 : 0.1);
    const [prefix, markov] = [optimalNats(process, "prefix"), optimalNats(process, "markov")];
    expect(prefix).toBeCloseTo(entropy(0.9), 5);
    expect(markov).toBeCloseTo(0.5 * entropy(0.9) + 0.5 * Math.LN2, 5);
    expect(markov).toBeGreaterThan(prefix + 0.1);
  });

  test("Markov costs the same when it does not", () => {
    const process: Process = (first, second) => 0.2 + 0.3 * (first + second);
    expect(optimalNats(process, "markov")).toBeCloseTo(optimalNats(process, "prefix"), 6);
  });
});

test("Gaussian cost per site is the sum over channels of the normal density's", () => {
  const output = { mean: tf.tensor3d([[[0, 1]]]), logDeviation: tf.tensor3d([[[0, Math.log(2)]]]) };
  const nats = gaussianNats(output, tf.tensor3d([[[1, 5]]])).dataSync()[0] ?? 0;
  const expected = 0.5 + 0.5 * Math.log(2 * Math.PI) + 0.5 * 4 + Math.log(2) + 0.5 * Math.log(2 * Math.PI);
  expect(nats).toBeCloseTo(expected, 5);
});

describe("unigram", () => {
  const scales = [{ sites: 1 }, { sites: 2 }];

  test("a constant scale has entropy 0 and a fair one ln V, without smoothing", () => {
    const unigram = fitUnigram([3, 0, 1, 3, 2, 3], scales, 4, 0);
    expect(unigram.entropy[0]).toBeCloseTo(0, 12);
    expect(unigram.entropy[1]).toBeCloseTo(Math.log(4), 12);
    expect(unigramCrossEntropy(unigram, [3, 0, 0], scales)[1]).toBeCloseTo(Math.log(4), 12);
  });

  test("its own training codes cost its entropy, codes unseen in training a finite amount", () => {
    const codes = [0, 1, 1, 1, 0, 2, 0, 2, 2];
    const exact = fitUnigram(codes, scales, 4, 0);
    unigramCrossEntropy(exact, codes, scales).forEach((nats, k) => expect(nats).toBeCloseTo(exact.entropy[k] ?? 0, 12));
    expect(unigramCrossEntropy(exact, [3, 3, 3], scales)[0]).toBe(Infinity);
    expect(Number.isFinite(unigramCrossEntropy(fitUnigram(codes, scales, 4), [3, 3, 3], scales)[0])).toBe(true);
  });

  test("codes out of range and items cut short are refused", () => {
    expect(() => fitUnigram([0, 4, 0], scales, 4)).toThrow(/0\.\.3/);
    expect(() => fitUnigram([0, 1], scales, 4)).toThrow(/whole items/);
  });
});

test("the report adds up", () => {
  const scales = [{ sites: 1 }, { sites: 4 }];
  const unigram = [Math.log(2), Math.log(8)];
  const report = codeLikelihood([1, 6, 3, 10], scales, unigram);
  expect(report.items).toBe(2);
  expect(report.nats).toBe(10);
  expect(report.natsStandardError).toBeCloseTo(3, 12);
  expect(report.bits).toBeCloseTo(10 / Math.LN2, 12);
  expect(report.unigramNats).toBeCloseTo(Math.log(2) + 4 * Math.log(8), 12);
  expect(report.scales[1]).toMatchObject({ sites: 4, nats: 8, natsPerCode: 2, perplexity: Math.exp(2) });
  expect(() => codeLikelihood([1, 2, 3], scales, unigram)).toThrow(/scales/);
  expect(() => codeLikelihood([NaN, 1], scales, unigram)).toThrow(/NaN/);
  expect(() => codeLikelihood([1, 2], scales, [1])).toThrow(/each of 2 scales/);
});
