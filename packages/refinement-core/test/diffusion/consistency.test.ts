import { gradients } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import {
  consistencyLevelCount,
  consistencyLevels,
  consistencyLoss,
  consistencyPlan,
  consistencyScalings,
  levelPairProbabilities,
  normals,
  pseudoHuber,
  randomStream,
  sampleByPlan,
} from "../../src/index.js";
import { onCpu } from "../support/cpu.js";
import { normals as named } from "../support/random.js";
import { runTraced } from "../support/run-traced.js";
import { randomTensor } from "../support/tensors.js";

onCpu();

const RANGE = { least: 0.002, most: 80, rho: 7 };

describe("the scalings", () => {
  test("make the function the identity at the least level, exactly, and keep unit variance elsewhere", () => {
    const level = tf.tensor1d([0.002, 0.5, 80]);
    const { skip, out, input } = consistencyScalings(level, { least: 0.002, deviation: 0.5 });
    const [s, o, i] = [skip, out, input].map((tensor) => Array.from(tensor.dataSync()));
    expect([s![0], o![0]]).toEqual([1, 0]);
    expect(i![1]! ** 2 * (0.5 ** 2 + 0.5 ** 2)).toBeCloseTo(1, 6);
    // Far out nothing of the state is left, and the network's output is in the data's units.
    expect(s![2]).toBeCloseTo(0, 4);
    expect(o![2]).toBeCloseTo(0.5, 4);
  });
});

describe("the curriculum", () => {
  test("doubles the intervals in equal stretches, from 10 to 1280", () => {
    const options = { steps: 8000, first: 10, most: 1280 };
    const counts = [0, 999, 1000, 2500, 6999, 7000, 7999].map((step) => consistencyLevelCount(step, options));
    expect(counts).toEqual([11, 11, 21, 41, 641, 1281, 1281]);
    expect(consistencyLevelCount(9000, options)).toBe(1281);
  });

  test("has levels from the least to the most", () => {
    const levels = consistencyLevels(11, RANGE);
    expect(levels[0]).toBeCloseTo(0.002, 12);
    expect(levels[10]).toBeCloseTo(80, 10);
    levels.slice(1).forEach((level, i) => expect(level).toBeGreaterThan(levels[i]!));
    expect(() => consistencyLevels(1, RANGE)).toThrow(/two or more levels/);
  });

  test("draws pairs as the error function says", () => {
    const levels = consistencyLevels(11, RANGE);
    const probabilities = levelPairProbabilities(levels, { mean: -1.1, deviation: 2 });
    expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    // erf of the two bounds of the middle pair, by numerical integration.
    const density = (x: number) => Math.exp(-0.5 * ((x + 1.1) / 2) ** 2);
    const mass = (from: number, to: number) => {
      const [a, h] = [Math.log(from), (Math.log(to) - Math.log(from)) / 2000];
      return h * Array.from({ length: 2000 }, (_, i) => density(a + (i + 0.5) * h)).reduce((sum, value) => sum + value, 0); // prettier-ignore
    };
    expect(probabilities[4]! / (mass(levels[4]!, levels[5]!) / mass(levels[0]!, levels[10]!))).toBeCloseTo(1, 5);
  });
});

describe("the loss", () => {
  test("is the pseudo-Huber distance over the levels', and moves the upper function alone", async () => {
    const data = { shape: [2, 4], data: named("consistency data", 8) };
    const e = { shape: [2, 4], data: named("consistency noise", 8) };
    const [lower, upper] = [Float32Array.of(0.5, 1), Float32Array.of(0.7, 2)];
    // f = gain x: a gain for the upper level and one for the lower, told apart by their inputs.
    const inputs = { data, e, lower: { shape: [2], data: lower }, upper: { shape: [2], data: upper } };
    const gains = { a: { shape: [1], data: Float32Array.of(0.8) }, b: { shape: [1], data: Float32Array.of(0.9) } };
    const outputs = await runTraced({ ...inputs, ...gains }, (t) => {
      const f = (state: tf.Tensor, level: tf.Tensor) => tf.mul(state, level === t.upper ? t.a : t.b);
      const loss = consistencyLoss(f, t, { lower: t.lower, upper: t.upper });
      return { loss, ...gradients(loss, { a: t.a, b: t.b }) };
    });
    const c = 0.00054 * 2;
    const expected = [0, 1].map((item) => {
      const square = [0, 1, 2, 3].reduce((sum, k) => {
        const [x, z] = [data.data[4 * item + k]!, e.data[4 * item + k]!];
        return sum + (0.8 * (x + upper[item]! * z) - 0.9 * (x + lower[item]! * z)) ** 2;
      }, 0);
      return (Math.sqrt(square + c ** 2) - c) / (upper[item]! - lower[item]!);
    });
    expect(outputs["loss"]![0]).toBeCloseTo((expected[0]! + expected[1]!) / 2, 4);
    expect(outputs["b"]![0]).toBe(0);
    expect(Math.abs(outputs["a"]![0]!)).toBeGreaterThan(0.01);
  });

  test("of equal states is 0", () => {
    const x = randomTensor("huber", [3, 5]);
    expect([...pseudoHuber(x, x).dataSync()]).toEqual([0, 0, 0]);
    expect(pseudoHuber(x, tf.add(x, 1)).dataSync()[0]).toBeCloseTo(Math.sqrt(5), 2);
  });

  test("leads a linear function to the flow's own, level by level, ever nearer with more levels", () => {
    // For normal data the consistency function is x times a gain; the squared loss's minimum at each level, given the gain
    // of the level below, is a regression of g x' on x, whose factor is g (s^2 + sigma' sigma) / (s^2 + sigma^2).
    const deviation = 0.5;
    const gainOf = (count: number) => {
      const levels = consistencyLevels(count, RANGE);
      return levels.slice(1).reduce((gain, level, i) => {
        return (gain * (deviation ** 2 + levels[i]! * level)) / (deviation ** 2 + level ** 2);
      }, 1);
    };
    const exact = Math.sqrt((deviation ** 2 + 0.002 ** 2) / (deviation ** 2 + 80 ** 2));
    const errors = [21, 81, 321].map((count) => Math.abs(Math.log(gainOf(count) / exact)));
    expect(errors[1]).toBeLessThan(errors[0]! / 2.5);
    expect(errors[2]).toBeLessThan(errors[1]! / 2.5);
  });
});

describe("sampling", () => {
  test("with the exact function gives normal data their deviation, in one step and in three", async () => {
    const [deviation, count] = [0.5, 8000];
    const stream = randomStream(1, "test/consistency");
    for (const levels of [[80], [80, 5, 0.5]]) {
      const plan = consistencyPlan(levels, 0.002);
      expect(plan).toHaveLength(levels.length);
      const end = await sampleByPlan(plan, {
        start: normals(stream, { draws: count }).map((value) => value * Math.hypot(80, deviation)),
        noise: (step) => normals(stream, { scale: step + 1, draws: count }),
        denoise: (state, { noise }) => {
          const gain = Math.sqrt((deviation ** 2 + 0.002 ** 2) / (deviation ** 2 + noise ** 2));
          return { data: state.map((value) => value * gain) };
        },
      });
      const variance = end.reduce((sum, value) => sum + value * value, 0) / count;
      expect(Math.abs(variance / deviation ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    }
  });

  test("refuses levels that rise, or are clean already", () => {
    expect(() => consistencyPlan([1, 2], 0.002)).toThrow(/falling levels/);
    expect(() => consistencyPlan([1, 0.001], 0.002)).toThrow(/falling levels/);
  });
});
