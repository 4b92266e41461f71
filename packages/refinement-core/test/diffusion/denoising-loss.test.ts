import { gradients } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import {
  denoisingFactors,
  denoisingLoss,
  denoisingTarget,
  denoisingTypes,
  flowLevel,
  gaussianBound,
  learnedVarianceNats,
  levelsAt,
  linearNoise,
  minSnrWeight,
  noisyState,
  predictionWeight,
  reverseDeviations,
  reverseFactors,
  reverseTypes,
  signalToNoise,
  snrPlusOneWeight,
  truncatedSnrWeight,
} from "../../src/index.js";
import { onCpu } from "../support/cpu.js";
import { normals } from "../support/random.js";
import { runTraced } from "../support/run-traced.js";
import { randomTensor } from "../support/tensors.js";

onCpu();

const SCHEDULE = linearNoise(1000);
const tensorsOf = <Name extends string>(arrays: Record<Name, Float32Array>) =>
  Object.fromEntries(Object.entries<Float32Array>(arrays).map(([name, data]) => [name, tf.tensor1d(data)])) as Record<
    Name,
    tf.Tensor
  >;

describe("weights of a loss", () => {
  const levels = levelsAt(SCHEDULE, [1, 100, 400, 1000]);

  test("are those of the papers, for each parameterisation", () => {
    for (const level of levels) {
      const snr = signalToNoise(level);
      const least = Math.min(snr, 5);
      expect(predictionWeight("noise", level, minSnrWeight(5))).toBeCloseTo(least / snr, 10);
      expect(predictionWeight("data", level, minSnrWeight(5))).toBeCloseTo(least, 10);
      expect(predictionWeight("velocity", level, minSnrWeight(5))).toBeCloseTo(least / (snr + 1), 10);
      expect(predictionWeight("velocity", level, snrPlusOneWeight())).toBeCloseTo(1, 10);
      expect(predictionWeight("noise", level, truncatedSnrWeight())).toBeCloseTo(Math.max(1, 1 / snr), 8);
    }
  });

  test("make one loss of all parameterisations: an error of the data costs the same in each", () => {
    const [data, e, wrong] = [0, 1, 2].map((i) => randomTensor(`loss ${i}`, [4, 3]));
    const losses = (["data", "noise", "velocity", "flow"] as const).map((parameterisation) => {
      const factors = tensorsOf(denoisingFactors(levels, parameterisation, minSnrWeight(5)));
      const target = denoisingTarget(factors, data!, e!);
      // Of the same state, data that are wrong come with noise that is wrong.
      const state = noisyState(factors, data!, e!);
      const off = tf.div(tf.sub(state, tf.mul(wrong!, tf.reshape(factors.signal, [4, 1]))), tf.reshape(factors.noise, [4, 1])); // prettier-ignore
      return denoisingLoss(factors, denoisingTarget(factors, wrong!, off), target).dataSync()[0]!;
    });
    for (const loss of losses) expect(loss / losses[0]!).toBeCloseTo(1, 3);
    expect(losses[0]).toBeGreaterThan(0.1);
  });
});

test("factors of a flow are those of a straight line, and are the same in a trace", async () => {
  const factors = denoisingFactors([flowLevel(0), flowLevel(0.25)], "flow");
  expect(Object.keys(denoisingTypes(2))).toEqual(Object.keys(factors));
  expect(factors.weight).toEqual(Float32Array.of(1, 1));
  const inputs = { data: normals("flow data", 4), e: normals("flow noise", 4) };
  const shaped = Object.entries({ ...factors, ...inputs }).map(([name, data]) => {
    return [name, { shape: data.length === 4 ? [2, 2] : [2], data }] as const;
  });
  const { state, target } = await runTraced(Object.fromEntries(shaped), (tensors) => {
    const all = tensors as Record<keyof typeof factors | keyof typeof inputs, tf.Tensor>;
    return { state: noisyState(all, all.data, all.e), target: denoisingTarget(all, all.data, all.e) };
  });
  for (let i = 0; i < 4; i++) {
    const t = i < 2 ? 0 : 0.25;
    expect(state![i]).toBeCloseTo(t * inputs.data[i]! + (1 - t) * inputs.e[i]!, 6);
    expect(target![i]).toBeCloseTo(inputs.data[i]! - inputs.e[i]!, 6);
  }
});

describe("a learned variance", () => {
  // Late steps are so close to the posterior that single precision sees nothing of their cost.
  const times = [2, 20, 60];
  const factors = reverseFactors(SCHEDULE, times);
  const natsOf = (share: number, error: number) => {
    const like = (value: number) => tf.fill([3, 2], value);
    return learnedVarianceNats(tensorsOf(factors), like(1), like(1 - error), like(share)).dataSync();
  };

  test("costs what the bound's terms do, at either end of its range", () => {
    expect(Object.keys(reverseTypes(3))).toEqual(Object.keys(factors));
    for (const [share, kind] of [
      [0, "small"],
      [1, "large"],
    ] as const) {
      const errors = new Float64Array(1000).fill(0.3 ** 2);
      const { steps } = gaussianBound(SCHEDULE, reverseDeviations(SCHEDULE, kind), { power: 1, errors });
      natsOf(share, 0.3).forEach((nats, i) => expect(nats / steps[times[i]! - 2]!).toBeCloseTo(1, 2));
    }
  });

  test("costs least where the variance is the posterior's and the error's, between its ends", () => {
    // At time 2: the small variance is half the large one. An error that takes it half way in logarithms:
    const [least, most, shift] = [factors.least[0]!, factors.most[0]!, factors.shift[0]!];
    const error = Math.sqrt((Math.exp((least + most) / 2) - Math.exp(least)) / shift);
    const costs = [0.3, 0.45, 0.5, 0.55, 0.7].map((share) => natsOf(share, error)[0]!);
    expect(Math.min(...costs)).toBe(costs[2]);
  });

  test("moves the variance alone: what the network says of the data gets no gradient", async () => {
    const like = (value: number) => ({ shape: [3, 2], data: new Float32Array(6).fill(value) });
    const perItem = Object.fromEntries(Object.entries(factors).map(([name, data]) => [name, { shape: [3], data }]));
    const moved = await runTraced({ ...perItem, data: like(0), said: like(1), share: like(0.5) }, (tensors) => {
      const { data, said, share, ...rest } = tensors;
      const nats = learnedVarianceNats(rest as Parameters<typeof learnedVarianceNats>[0], data, said, share);
      return gradients(tf.sum(nats), { said, share });
    });
    expect(moved["said"]!.every((value) => value === 0)).toBe(true);
    expect(moved["share"]!.some((value) => value !== 0)).toBe(true);
  });

  test("has no step from time 0", () => {
    expect(() => reverseFactors(SCHEDULE, [3, 0])).toThrow(/times from 1 to 1000/);
  });
});
