import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  dataFactors,
  ddimPlan,
  denoised,
  dpmSolverPlan,
  levelsAt,
  linearNoise,
  sampleByPlan,
  samplingTimes,
  targetFactors,
  type NoiseLevel,
  type Parameterisation,
  type Plan,
} from "../../src/index.js";

const ALL: readonly Parameterisation[] = ["data", "noise", "velocity", "flow"];
const number = fc.double({ min: -3, max: 3, noNaN: true });
const level = fc
  .tuple(fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: 0.01, max: 1, noNaN: true }))
  .map(([signal, noise]): NoiseLevel => ({ time: 1, signal, noise }));

describe.each(ALL)("a network that predicts %s", (parameterisation) => {
  test("and does so exactly gives back the data, at any level", () => {
    fc.assert(
      fc.property(level, number, number, (at, data, noise) => {
        const target = targetFactors(parameterisation, at);
        const state = Float64Array.of(at.signal * data + at.noise * noise);
        const prediction = Float64Array.of(target.data * data + target.noise * noise);
        expect(denoised(parameterisation, state, at, { prediction }).data[0]).toBeCloseTo(data, 8);
      }),
    );
  });

  test("and is off by an error is off by that times the prediction's factor", () => {
    const at = { time: 0.3, signal: 0.3, noise: 0.9 };
    const { prediction } = dataFactors(parameterisation, at);
    const of = (value: number) =>
      denoised(parameterisation, Float64Array.of(0.4), at, { prediction: Float64Array.of(value) }).data[0]!;
    expect(of(0.6) - of(0.5)).toBeCloseTo(0.1 * prediction, 12);
  });
});

test("velocity is what Salimans and Ho invert by signal * x - noise * v, where the variance is kept", () => {
  for (const at of levelsAt(linearNoise(1000), [1, 300, 1000])) {
    const { state, prediction } = dataFactors("velocity", at);
    expect(state).toBeCloseTo(at.signal, 12);
    expect(prediction).toBeCloseTo(-at.noise, 12);
  }
});

test("a flow has a direction at its start, where the state has no signal; noise has not", () => {
  expect(dataFactors("flow", { time: 0, signal: 0, noise: 1 })).toEqual({ state: 1, prediction: 1 });
  expect(Number.isFinite(dataFactors("noise", { time: 0, signal: 0, noise: 1 }).state)).toBe(false);
});

test("data beyond the limit are cut to it; the share of the variance goes through", () => {
  const at = { time: 1, signal: 0.1, noise: 0.995 };
  const answer = { prediction: Float32Array.of(0, 0, 0), share: Float32Array.of(0.1, 0.2, 0.3) };
  const { data, share } = denoised("noise", Float32Array.of(-0.5, 0.05, 0.5), at, answer, 1);
  expect([...data]).toEqual([-1, 0.5, 1]);
  expect(share).toBe(answer.share);
});

/*
 * The toy of `diffusers` (tests/schedulers/test_schedulers.py): numbers from 0 to 1 and a network that says
 * x t / (t + 1), with times counted from 0.
 */
describe("the toy of diffusers", () => {
  const start = Float64Array.from({ length: 768 }, (_, i) => i / 768);
  const run = (plan: Plan, limit: number) =>
    sampleByPlan(plan, {
      start,
      noise: () => [],
      denoise: (state, at) => {
        const time = at.time - 1;
        return denoised("noise", state, at, { prediction: state.map((x) => (x * time) / (time + 1)) }, limit);
      },
    });
  const mean = (values: Float64Array) => values.reduce((sum, x) => sum + Math.abs(x), 0) / values.length;

  test("DDIM in 10 leading steps gives their sum, 172.0067", async () => {
    const times = samplingTimes({ last: 1000, steps: 10, spacing: "leading" });
    const end = await run(ddimPlan(levelsAt(linearNoise(1000), times)), 1);
    expect(mean(end) * 768).toBeCloseTo(172.0067, 3);
    expect(mean(end)).toBeCloseTo(0.223967, 5);
  });

  test("DPM-Solver++(2M) in 10 steps down to time 1 gives their mean, 0.3301", async () => {
    const times = samplingTimes({ last: 1000, steps: 11, spacing: "linspace" }).slice(0, -1);
    expect(times.at(-1)).toBe(1);
    const end = await run(dpmSolverPlan(levelsAt(linearNoise(1000), times), 2), Infinity);
    expect(mean(end)).toBeCloseTo(0.3301, 4);
  });

  test("control: a step more is seen in the sum", async () => {
    const times = samplingTimes({ last: 1000, steps: 11, spacing: "leading" });
    const end = await run(ddimPlan(levelsAt(linearNoise(1000), times)), 1);
    expect(Math.abs(mean(end) * 768 - 172.0067)).toBeGreaterThan(0.01);
  });
});
