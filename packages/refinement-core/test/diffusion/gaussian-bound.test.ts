import { describe, expect, test } from "vitest";
import {
  cosineNoise,
  gaussianBound,
  gaussianPosterior,
  linearNoise,
  normals,
  randomStream,
  reverseDeviations,
  scheduleOfBetas,
  type NoiseSchedule,
} from "../../src/index.js";

const entropy = (variance: number) => 0.5 * Math.log(2 * Math.PI * Math.E * variance);

/** Squared errors of the perfect network for normal data: the variance of the data given the state. */
const oracleErrors = (schedule: NoiseSchedule, variance: number) =>
  schedule.slice(1).map(({ signal, noise }) => (variance * noise ** 2) / (signal ** 2 * variance + noise ** 2));

const boundOf = (schedule: NoiseSchedule, kind: "small" | "large", variance: number) =>
  gaussianBound(schedule, reverseDeviations(schedule, kind), {
    power: variance,
    errors: oracleErrors(schedule, variance),
  }).total;

describe("the bound of normal data, denoised exactly", () => {
  // research/images.md, section 3: computed once in NumPy.
  test("is their entropy, exactly, for variance 1 with large reverse variance, whatever the schedule", () => {
    for (const schedule of [linearNoise(1000), cosineNoise(50), scheduleOfBetas([0.3, 0.2, 0.9])]) {
      expect(boundOf(schedule, "large", 1)).toBeCloseTo(1.4189385332, 9);
    }
  });

  test("is above the entropy with the small one and for another variance, by known amounts", () => {
    expect(boundOf(linearNoise(1000), "small", 1)).toBeCloseTo(1.99753, 5);
    expect(boundOf(linearNoise(1000), "large", 0.25)).toBeCloseTo(0.72688, 5);
    expect(boundOf(linearNoise(1000), "small", 0.25)).toBeCloseTo(1.29572, 5);
    expect(entropy(0.25)).toBeCloseTo(0.72579, 5);
  });

  test.each([0.25, 1, 4])("of variance %d is their entropy with the best variance at each step", (variance) => {
    // The reverse step of normal data is normal: its variance is the posterior's and what the data's own adds.
    const schedule = linearNoise(200);
    const errors = oracleErrors(schedule, variance);
    const best = errors.map((error, i) => {
      const step = gaussianPosterior(schedule[i + 1]!, schedule[i]!);
      return Math.sqrt(step.variance + step.data ** 2 * error);
    });
    const { total, prior } = gaussianBound(schedule, best, { power: variance, errors });
    // What is left is that the last level has some signal: the prior is of variance 1, the state not quite.
    const { signal, noise } = schedule.at(-1)!;
    const spread = signal ** 2 * variance + noise ** 2;
    expect(total - 0.5 * (spread - 1 - Math.log(spread))).toBeCloseTo(entropy(variance), 9);
    expect(prior).toBeGreaterThanOrEqual(0);
    // No other variances do better.
    const wider = best.map((deviation) => 1.01 * deviation);
    expect(gaussianBound(schedule, wider, { power: variance, errors }).total).toBeGreaterThan(total);
  });
});

test("the prior's cost with the linear schedule is what the paper's is for data of 1", () => {
  const schedule = linearNoise(1000);
  const errors = new Float64Array(1000);
  const { prior } = gaussianBound(schedule, reverseDeviations(schedule, "small"), { power: 1, errors });
  expect((prior / Math.LN2) * 1e5).toBeCloseTo(2.9113, 4);
});

test("errors that are estimated by drawing states give the bound", () => {
  const schedule = linearNoise(100);
  const stream = randomStream(1, "test/bound");
  const count = 2000;
  const data = normals(stream, { draws: count });
  const errors = schedule.slice(1).map(({ time, signal, noise }) => {
    const e = normals(stream, { scale: time, draws: count });
    const gain = signal / (signal ** 2 + noise ** 2);
    return data.reduce((sum, x, i) => sum + (x - gain * (signal * x + noise * e[i]!)) ** 2, 0) / count;
  });
  const power = data.reduce((sum, x) => sum + x * x, 0) / count;
  const { total } = gaussianBound(schedule, reverseDeviations(schedule, "large"), { power, errors });
  expect(total).toBeCloseTo(entropy(1), 1);
});

test("numbers of times that differ, and a single step, are refused", () => {
  const schedule = scheduleOfBetas([0.1, 0.2]);
  expect(() => gaussianBound(schedule, [1], { power: 1, errors: [1, 1] })).toThrow(/2 errors and deviations/);
  expect(() => reverseDeviations(scheduleOfBetas([0.1]), "small")).toThrow(/two or more steps/);
});
