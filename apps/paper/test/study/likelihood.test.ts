import type { Engine } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import { compiledPrograms, gaussianBound, normals, randomStream, reverseDeviations } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AbsorbingModel } from "../../src/study/head/absorbing.js";
import type { CategoricalModel } from "../../src/study/head/categorical.js";
import type { EpsilonModel } from "../../src/study/head/epsilon.js";
import type { GaussianModel } from "../../src/study/head/gaussian.js";
import { SCHEDULE } from "../../src/study/head/schedule.js";
import { hiddenCost } from "../../src/study/likelihood/hidden-cost.js";
import { codeCost } from "../../src/study/likelihood/code-cost.js";
import { denoisingCost } from "../../src/study/likelihood/denoising-cost.js";
import { DIFFUSION } from "../../src/study/head/denoising-process.js";
import { FLOW } from "../../src/study/head/flow-process.js";
import { gaussianCost } from "../../src/study/likelihood/gaussian-cost.js";
import type { Measured } from "../../src/study/likelihood/measured.js";
import type { Domain } from "../../src/study/space/space.js";
import { latentSpace } from "../../src/study/space/latent-space.js";
import type { TrainingItems } from "../../src/study/training/study-stage.js";

/*
 * Data of which everything is known, 64 independent normal numbers of deviation 0.5, and in the place of networks what a perfect one
 * would say of them. What is sent about a number, z = x + noise, holds I(x; z) nats at least, and exactly so many if z is expected as
 * it is distributed: every bound has to come to that, and lies above it when something else is expected.
 */

let engine: Engine;
let measured: Measured;
beforeAll(async () => {
  engine = await openEngine();
  measured = { programs: { run: async (key, build, inputs) => compiledPrograms(engine, {}, { where: "test" }).run(key, build, inputs) }, seed: 1 }; // prettier-ignore
});
afterAll(() => engine.close());

const [COUNT, SIDE, DEVIATION] = [3_000, 8, 0.5];
const NUMBERS = SIDE ** 2;
const data = normals(randomStream(2, "test/normal"), { items: COUNT, draws: NUMBERS }).map((x) => DEVIATION * x);
const power = data.reduce((sum, x) => sum + x * x, 0) / data.length / DEVIATION ** 2;
const items: TrainingItems = {
  count: COUNT,
  labels: new Int32Array(COUNT),
  at: async (indices) =>
    Float32Array.from({ length: NUMBERS * indices.length }, (_, at) => data[NUMBERS * indices[Math.floor(at / NUMBERS)]! + (at % NUMBERS)]!), // prettier-ignore
};
const domain: Domain = {
  item: [SIDE, SIDE, 1],
  standardised: (x) => x,
  images: (finest) => tf.pad(finest, [[0, 0], [0, 28 - SIDE], [0, 28 - SIDE], [0, 0]]), // prettier-ignore
};
const space = latentSpace([SIDE], 1);
const ground = { domain, space, deviations: [DEVIATION], types: {} };
const informationOf = (signalToNoise: number) => (NUMBERS / 2) * Math.log(1 + signalToNoise);

test("Gaussians cost what is sent holds, and more where they expect too much or too little", async () => {
  const costOf = async (variance: number) => {
    const logDeviation = Math.log(variance) / 2;
    const predict = (_params: unknown, _k: number, context: tf.Tensor) => {
      return { mean: tf.zerosLike(context), logDeviation: tf.add(tf.zerosLike(context), logDeviation) };
    };
    const model = { ...ground, head: "gaussian", predict } as unknown as GaussianModel;
    return (await gaussianCost(model, measured, items, COUNT)).nats;
  };
  // In deviations of the data: unit variance, sent to 0.1.
  const sent = 0.1 ** 2;
  const exact = informationOf(1 / sent);
  const found = await costOf(1 + sent);
  expect(found / (exact + ((NUMBERS / 2) * (power - 1)) / (1 + sent))).toBeCloseTo(1, 5);
  for (const factor of [0.5, 2]) {
    // KL between normals of two variances besides.
    const more = (NUMBERS / 2) * ((power + sent) / (factor * (1 + sent)) - (power + sent) / (1 + sent) + Math.log(factor)); // prettier-ignore
    expect(((await costOf(factor * (1 + sent))) - found) / more).toBeCloseTo(1, 4);
    expect(more).toBeGreaterThan(0.05 * NUMBERS);
  }
});

test("diffusion costs what the least noisy state holds, and more where it denoises worse; items are looked at throughout", async () => {
  const costOf = async (wrong: number, of: TrainingItems = items) => {
    // Of unit normal data E[velocity | state] = 0 at all times.
    const predict: EpsilonModel["predict"] = (_params, _k, { noisy }) => tf.mul(noisy, wrong);
    const model = { ...ground, head: "epsilon", process: DIFFUSION, predict } as unknown as EpsilonModel;
    const known = { items, count: 500 };
    const found = await denoisingCost(model, measured, { known, wanted: { items: of, count: COUNT } });
    expect(found.means).toHaveLength(500 * 784);
    return found.nats;
  };
  /** Of data of such a power, where those that are looked at have such a one. */
  const boundOf = (ofAll: number, looked: number) => {
    const errors = SCHEDULE.slice(1).map(({ signal, noise }) => noise ** 4 * looked + (signal * noise) ** 2);
    const { total, decoder } = gaussianBound(SCHEDULE, reverseDeviations(SCHEDULE, "large"), { power: ofAll, errors });
    return NUMBERS * (total - decoder);
  };
  const { signal, noise } = SCHEDULE[1]!;
  expect(boundOf(1, 1) / informationOf((signal / noise) ** 2)).toBeCloseTo(1, 6);
  const found = await costOf(0);
  // Errors are estimated from two items a time, and few times, the least noisy ones, make up most of the bound.
  expect(Math.abs(found / boundOf(1, 1) - 1)).toBeLessThan(0.06);
  expect(await costOf(0.5)).toBeGreaterThan(1.2 * found);
  // Larger numbers among the last half alone: as many of them are looked at.
  const larger: TrainingItems = {
    ...items,
    at: async (indices) => (await items.at(indices)).map((x, at) => (indices[Math.floor(at / NUMBERS)]! < COUNT / 2 ? x : 5 * x)), // prettier-ignore
  };
  const mixed = await costOf(0, larger);
  expect(Math.abs(mixed / boundOf(13, 13) - 1)).toBeLessThan(0.06);
  // Control: the first 2,000 items alone have a power of 7.
  expect(mixed / boundOf(13, 7)).toBeGreaterThan(1.1);
});

test("a flow costs what its least noisy state holds too", async () => {
  const { schedule } = FLOW;
  // Of unit normal data: E[data | state] = signal state / (signal^2 + noise^2), and data = state + noise velocity.
  const predict: EpsilonModel["predict"] = (_params, _k, { noisy, level }) => {
    const signal = tf.reshape(tf.div(1, tf.add(level, 1)), [-1, 1, 1]);
    const noise = tf.sub(1, signal);
    const expected = tf.mul(noisy, tf.div(signal, tf.add(tf.square(signal), tf.square(noise))));
    return tf.div(tf.sub(expected, noisy), noise);
  };
  const model = { ...ground, head: "epsilon", process: FLOW, predict } as unknown as EpsilonModel;
  const known = { items, count: 500 };
  const found = await denoisingCost(model, measured, { known, wanted: { items, count: COUNT } });
  const errors = schedule.slice(1).map(({ signal, noise }) => noise ** 2 / (signal ** 2 + noise ** 2));
  const bounds = (["small", "large"] as const).map((variance) => {
    const { total, decoder } = gaussianBound(schedule, reverseDeviations(schedule, variance), { power: 1, errors });
    return NUMBERS * (total - decoder);
  });
  const least = Math.min(...bounds);
  const { signal, noise } = schedule[1]!;
  // Fixed variances are not quite those of the reverse steps, whose bound would hold with equality.
  expect(least / informationOf((signal / noise) ** 2)).toBeGreaterThan(1);
  expect(least / informationOf((signal / noise) ** 2)).toBeLessThan(1.1);
  expect(Math.abs(found.nats / least - 1)).toBeLessThan(0.06);
});

test("codes cost their entropy under their own frequencies, which are calibrated, and more under others", async () => {
  const costOf = async (share: number) => {
    const scored: CategoricalModel["scored"] = (_params, states) => {
      const codes = tf.cast(tf.greater(tf.reshape(states, [-1, NUMBERS, 1]), 0), "int32");
      const logits = tf.add(tf.zeros([250, NUMBERS, 1, 2]), tf.tensor1d([Math.log(1 - share), Math.log(share)]));
      return { scales: [{ codes, logits }], images: domain.images(states) };
    };
    const coder = { forms: [{ stages: 1, vocabulary: 2 }] };
    const model = { ...ground, head: "categorical", coder, scored } as unknown as CategoricalModel;
    return codeCost(model, measured, items, COUNT);
  };
  const positive = data.filter((x) => x > 0).length / data.length;
  const nats = (share: number) => -NUMBERS * (positive * Math.log(share) + (1 - positive) * Math.log(1 - share));
  const own = await costOf(positive);
  expect(own.nats / nats(positive)).toBeCloseTo(1, 5);
  expect(own.calibrationOfAll).toBeLessThan(1e-5);
  const other = await costOf(0.8);
  expect(other.nats / nats(0.8)).toBeCloseTo(1, 5);
  expect(other.nats).toBeGreaterThan(1.1 * own.nats);
  expect(other.calibrationOfAll).toBeCloseTo(Math.abs(0.8 - positive), 4);
});

test("hidden codes cost the same in the mean over times, and more where they are said worse", async () => {
  const costOf = async (share: number) => {
    const filled: AbsorbingModel["filled"] = (_params, states) => {
      const codes = tf.cast(tf.greater(tf.reshape(states, [-1, NUMBERS, 1]), 0), "int32");
      const logits = tf.add(tf.zeros([250, NUMBERS, 1, 2]), tf.tensor1d([Math.log(1 - share), Math.log(share)]));
      return { codes, logits, images: domain.images(states) };
    };
    const sampler = { kind: "masked", sites: NUMBERS, stages: 1 };
    const model = { ...ground, head: "absorbing", sampler, filled } as unknown as AbsorbingModel;
    return (await hiddenCost(model, measured, items, COUNT)).nats;
  };
  const positive = data.filter((x) => x > 0).length / data.length;
  const nats = (share: number) => -NUMBERS * (positive * Math.log(share) + (1 - positive) * Math.log(1 - share));
  // One time of each item: a deviation of half a per cent.
  expect(Math.abs((await costOf(positive)) / nats(positive) - 1)).toBeLessThan(0.025);
  expect(Math.abs((await costOf(0.8)) / nats(0.8) - 1)).toBeLessThan(0.025);
  expect(nats(0.8)).toBeGreaterThan(1.1 * nats(positive));
});
