import { describe, expect, test } from "vitest";
import {
  ancestralPlan,
  cosineNoise,
  dpmSolverPlan,
  flowLevels,
  lastTimeWithSignal,
  levelsAt,
  linearNoise,
  gaussianPosterior,
  samplingTimes,
  scheduleOfBetas,
} from "../../src/index.js";

/** The papers' alpha-bar and beta of a time that programs call `index`. */
const kept = (schedule: ReturnType<typeof linearNoise>, index: number) => schedule[index + 1]!.signal ** 2;
const beta = (schedule: ReturnType<typeof linearNoise>, index: number) =>
  1 - kept(schedule, index) / kept(schedule, index - 1);

describe("noise schedules", () => {
  // Computed in double precision from the papers' formulae.
  test("the linear one has the published values", () => {
    const schedule = linearNoise(1000);
    expect(kept(schedule, 0)).toBeCloseTo(0.9999, 12);
    expect(kept(schedule, 499)).toBeCloseTo(0.0785872, 7);
    expect(kept(schedule, 999) * 1e5).toBeCloseTo(4.03583, 5);
    const variance = (index: number) => gaussianPosterior(schedule[index + 1]!, schedule[index]!).variance;
    expect(variance(487)).toBeCloseTo(0.0097916, 7);
    expect(variance(999)).toBeCloseTo(0.02, 4);
    expect(variance(0)).toBe(0);
  });

  test("the cosine has the published values", () => {
    const schedule = cosineNoise(1000);
    expect(1 - kept(schedule, 0)).toBeCloseTo(4.12842e-5, 9);
    expect(beta(schedule, 500)).toBeCloseTo(0.00315569, 8);
    expect(beta(schedule, 998)).toBeCloseTo(0.75, 3);
    expect(beta(schedule, 999)).toBeCloseTo(0.999, 6);
    expect(kept(schedule, 499)).toBeCloseTo(0.493844, 6);
    expect(kept(schedule, 999) * 1e9).toBeCloseTo(2.43, 2);
  });

  test("with another number of steps the linear one ends at nearly the same level", () => {
    expect(Math.log(kept(linearNoise(250), 249))).toBeCloseTo(Math.log(kept(linearNoise(1000), 999)), 0);
  });

  test("steps that are too few, and betas that are none, are refused", () => {
    expect(() => linearNoise(20)).toThrow(/more than 20 steps/);
    expect(() => cosineNoise(0)).toThrow(/one or more steps/);
    expect(() => scheduleOfBetas([0.1, 1])).toThrow(/betas above 0 and below 1/);
  });

  test("the cosine's end, without signal, can be left out", () => {
    const schedule = cosineNoise(1000);
    const last = lastTimeWithSignal(schedule, -5.1);
    const lambda = (time: number) => Math.log(schedule[time]!.signal / schedule[time]!.noise);
    expect(lambda(1000)).toBeCloseTo(-9.9, 1);
    expect(lambda(last)).toBeGreaterThan(-5.1);
    expect(lambda(last + 1)).toBeLessThan(-5.1);
    expect(() => lastTimeWithSignal(schedule, 50)).toThrow(/some time after 0/);
  });
});

describe("the posterior", () => {
  test("is Bayes' rule, for times that are not neighbours too", () => {
    const [to, from] = levelsAt(linearNoise(1000), [400, 420]);
    const { state, data, variance } = gaussianPosterior(from!, to!);
    // DDIM's variance at two steps of 50 as `diffusers` has it in its tests, to 0.00001 as there.
    const [a, b, c, d] = levelsAt(linearNoise(1000), [421, 401, 981, 961]);
    expect(Math.abs(gaussianPosterior(a!, b!).variance - 0.14771)).toBeLessThan(1e-5);
    expect(Math.abs(gaussianPosterior(c!, d!).variance - 0.3246)).toBeLessThan(1e-5);
    // x_s and x_t given x_0 = 0 are jointly normal: what regressing one on the other leaves.
    const covariance = (from!.signal / to!.signal) * to!.noise ** 2;
    expect(state).toBeCloseTo(covariance / from!.noise ** 2, 12);
    expect(variance).toBeCloseTo(to!.noise ** 2 - covariance ** 2 / from!.noise ** 2, 12);
    // The mean of x_s given x_0 comes out again when x_t is at its own mean.
    expect(state * from!.signal + data).toBeCloseTo(to!.signal, 12);
  });
});

describe("sampling times", () => {
  const times = (spacing: "trailing" | "leading" | "linspace", steps: number, last = 1000) =>
    samplingTimes({ last, steps, spacing });

  test("are those of Lin et al., table 2, counted from 1", () => {
    expect(times("trailing", 5)).toEqual([1000, 800, 600, 400, 200, 0]);
    expect(times("leading", 5)).toEqual([801, 601, 401, 201, 1, 0]);
    expect(times("linspace", 5)).toEqual([1000, 750, 501, 251, 1, 0]);
  });

  test("only trailing ones and linspace start from the noisiest level", () => {
    for (const steps of [1, 7, 10, 1000]) {
      expect(times("trailing", steps)[0]).toBe(1000);
      expect(times("linspace", steps)[0]).toBe(1000);
    }
    expect(times("leading", 7)[0]).toBe(853);
  });

  test("fall without repeating, whatever the numbers", () => {
    for (const spacing of ["trailing", "leading", "linspace"] as const) {
      for (const [last, steps] of [
        [1000, 1000],
        [1000, 999],
        [17, 13],
        [3, 2],
        [1, 1],
      ] as const) {
        const list = times(spacing, steps, last);
        expect(list).toHaveLength(steps + 1);
        expect(list.slice(1).every((time, i) => time < list[i]!)).toBe(true);
      }
    }
  });

  test("more steps than times are refused", () => {
    expect(() => times("trailing", 1001)).toThrow(/from 1 to 1000 steps/);
  });
});

describe("levels for a plan", () => {
  test("have to descend, and be there", () => {
    const schedule = linearNoise(100);
    expect(() => ancestralPlan(levelsAt(schedule, [50, 50, 0]), "small")).toThrow(/less noise/);
    expect(() => dpmSolverPlan(levelsAt(schedule, [20, 50, 0]), 2)).toThrow(/less noise/);
    expect(() => ancestralPlan(levelsAt(schedule, [50]), "small")).toThrow(/two or more levels/);
    expect(() => levelsAt(schedule, [101])).toThrow(/times from 0 to 100/);
    expect(() => flowLevels(0)).toThrow(/one or more steps/);
  });
});
