import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import {
  edmPlan,
  edmPreconditioning,
  heunPlan,
  inflated,
  karrasLevel,
  NOISE_FEATURES,
  noiseFeatures,
  normals,
  randomStream,
  sampleByPlan,
} from "../../src/index.js";

const RANGE = { least: 0.002, most: 80, rho: 7 };
const planOf = (levels: number, amount = 0, above = 0) => edmPlan({ range: RANGE, levels, churn: { amount, above } });
const deviationOf = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

const standing = (plan: ReturnType<typeof planOf>) =>
  plan.filter((_, i) => i % 2 === 0).map(({ level }) => level.noise);

/** Draws from a normal distribution of a deviation by its exact denoiser, which is linear. */
async function drawn(deviation: number, levels: number, churn = 0, inflation = 1): Promise<Float32Array> {
  const stream = randomStream(1, "test/edm");
  const count = 5000;
  const plan = inflated(planOf(levels, churn), inflation);
  return sampleByPlan(plan, {
    start: normals(stream, { draws: count }).map((value) => value * plan[0]!.level.noise),
    noise: (step) => normals(stream, { scale: step + 1, draws: count }),
    denoise: (noisy, { noise }) => ({
      data: noisy.map((value) => (value * deviation ** 2) / (deviation ** 2 + noise ** 2)),
    }),
  });
}

describe("noise levels", () => {
  test("go from the most to the least, and spaced evenly with rho 1", () => {
    expect(karrasLevel(0, RANGE)).toBeCloseTo(80, 10);
    expect(karrasLevel(1, RANGE)).toBeCloseTo(0.002, 10);
    expect(karrasLevel(0.5, { least: 1, most: 3, rho: 1 })).toBeCloseTo(2, 12);
  });

  test("are those that Karras et al. give for 18 levels", () => {
    // From eq. 5, computed in Python with fractions of double precision.
    const levels = standing(planOf(18));
    expect(levels[1]).toBeCloseTo(57.585985, 5);
    expect(levels[9]).toBeCloseTo(1.9232, 3);
    expect(levels.at(-1)).toBeCloseTo(0.002, 10);
  });
});

describe("a plan", () => {
  /** Noise before a step's fresh noise and after it. */
  const churned = (plan: ReturnType<typeof planOf>) =>
    standing(plan).slice(1).map((raised, i) => ({ raised, plain: plan[2 * i + 1]!.level.noise })); // prettier-ignore

  test("is Heun's down to no noise, and costs two evaluations a level but for the last", () => {
    const plan = planOf(20);
    expect(plan).toHaveLength(39);
    const noise = [...plan.filter((_, i) => i % 2 === 0).map(({ level }) => level), { time: 0, signal: 1, noise: 0 }];
    expect(plan).toEqual(heunPlan(noise));
  });

  test("adds no more fresh noise than the square root of 2 allows", () => {
    for (const { plain, raised } of churned(planOf(20, 2.5))) expect(raised / plain).toBeCloseTo(1 + 2.5 / 20, 12);
    for (const { plain, raised } of churned(planOf(20, 1000))) expect(raised / plain).toBeCloseTo(Math.SQRT2, 12);
    // What is added is what brings the step's end to the level that the next evaluation is told.
    const plan = planOf(20, 2.5);
    churned(plan).forEach(({ plain, raised }, i) => {
      expect(plan[2 * i]!.fresh).toBe(0);
      expect(Math.hypot(plain, plan[2 * i + 1]!.fresh as number)).toBeCloseTo(raised, 10);
    });
    expect(plan.at(-1)!.fresh).toBe(0);
  });

  test("adds none below the level that is given", () => {
    for (const { plain, raised } of churned(planOf(20, 2.5, 0.75))) expect(raised > plain).toBe(plain >= 0.75);
  });

  test.each([1, 2.5, Number.NaN])("of %d levels is refused", (levels) => {
    expect(() => planOf(levels)).toThrow(/two or more noise levels/);
  });
});

describe("a sample of a normal distribution, denoised exactly", () => {
  test("has its deviation, with an error that falls as the square of the number of steps", async () => {
    const exact = 0.5 * Math.sqrt(1 + (0.5 / 80) ** 2);
    const errors = await Promise.all(
      [10, 20, 40].map(async (levels) => Math.abs(deviationOf(await drawn(0.5, levels)) - exact)),
    );
    const own = deviationOf(normals(randomStream(1, "test/edm"), { draws: 5000 }));
    // What is left is what these 5,000 numbers themselves are off.
    const order = Math.log2(
      Math.abs(errors[0]! - Math.abs(own - 1) * exact) / Math.abs(errors[1]! - Math.abs(own - 1) * exact),
    );
    expect(order).toBeGreaterThan(1.5);
    expect(errors[2]).toBeLessThan(0.01);
  });

  test("has it with fresh noise too, more with more of it, and is the same again", async () => {
    expect(deviationOf(await drawn(0.5, 40, 10))).toBeCloseTo(0.5, 1);
    expect(deviationOf(await drawn(0.5, 40, 10, 1.2))).toBeGreaterThan(deviationOf(await drawn(0.5, 40, 10)) * 1.05);
    expect(await drawn(1, 10, 5)).toEqual(await drawn(1, 10, 5));
  });
});

describe("preconditioning", () => {
  test("keeps the network's input and target at unit variance", () => {
    const level = tf.tensor1d([0.02, 1, 80]);
    const { skip, out, input } = edmPreconditioning(level);
    const [c, o, i, s] = [skip, out, input, level].map((tensor) => Array.from(tensor.dataSync()));
    s!.forEach((sigma, at) => {
      expect(i![at]! ** 2 * (1 + sigma ** 2)).toBeCloseTo(1, 4);
      // y - skip (y + sigma e) = out * target, with y and e of unit variance.
      expect(((1 - c![at]!) ** 2 + (c![at]! * sigma) ** 2) / o![at]! ** 2).toBeCloseTo(1, 4);
    });
  });

  test("tells levels apart", () => {
    const features = noiseFeatures(tf.tensor1d([0.02, 0.021, 80]));
    expect(features.shape).toEqual([3, NOISE_FEATURES]);
    const rows = features.arraySync() as number[][];
    const distance = Math.hypot(...rows[0]!.map((value, at) => value - rows[1]![at]!));
    expect(distance).toBeGreaterThan(0.05);
  });
});
