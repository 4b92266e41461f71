import "@tensorflow/tfjs-backend-cpu";
import { normals, randomStream } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { gaussianGrid } from "../../src/grid/grid.js";
import { diffusionHead } from "../../src/head/diffusion-head.js";
import type { NetworkOnStates } from "../../src/head/head.js";
import { gridConfig } from "../../src/model/grid-from.js";
import { fieldGeometry } from "../../src/refiner/field-geometry.js";
import { diffusionObjective } from "../../src/training/diffusion-objective.js";
import { gaussianObjective } from "../../src/training/gaussian-objective.js";
import { onePassObjective } from "../../src/training/one-pass-objective.js";
import { ensembleCrps } from "../../src/verification/crps.js";

/*
 * Losses of a network that says the same of every token, for which they are known.
 */

const [ROWS, COLUMNS, CHANNELS, ITEMS] = [8, 16, 2, 64];
const grid = gaussianGrid(ROWS, COLUMNS);
const geometryOf = (factors: (2 | 4)[], baseSide: number) =>
  fieldGeometry({
    grid: gridConfig(grid),
    channels: ["a", "b"],
    pyramid: { factors, baseSide, expansion: "replication" },
  });
const noise = (name: string, draws: number) => normals(randomStream(1, name), { items: ITEMS, draws });
const missed = tf.tensor4d(noise("test/missed", ROWS * COLUMNS * CHANNELS), [ITEMS, ROWS, COLUMNS, CHANNELS]);
const inputsOf = (random: Record<string, Float32Array>, shapes: Record<string, readonly number[]>) =>
  Object.fromEntries(Object.entries(random).map(([name, data]) => [name, tf.tensor(data, [...shapes[name]!])]));
const value = (tensor: tf.Tensor) => tensor.dataSync()[0]!;
const saying = (said: (scale: number, features: tf.Tensor | undefined) => tf.Tensor): NetworkOnStates => {
  let features: tf.Tensor | undefined;
  return {
    items: ITEMS,
    encode(own) {
      features = own?.features;
      return { tokens: tf.zeros([1]), condition: tf.zeros([1]) };
    },
    refine: (scale) => said(scale, features),
  };
};

test("denoising with nothing said costs 1 at every noise level, as it is preconditioned to", () => {
  const geometry = geometryOf([], 2);
  const objective = diffusionObjective(
    diffusionHead({ kind: "diffusion", levels: 20, churn: { amount: 0, above: 0 } }, geometry),
    geometry,
    1,
  );
  const types = objective.randomTypes(ITEMS);
  const random = objective.random({ first: 0, count: ITEMS }) as Record<string, Float32Array>;
  const shapes = Object.fromEntries(Object.entries(types).map(([name, { shape }]) => [name, shape]));
  const silent = saying(() => tf.zeros([ITEMS, 32, 8]));
  const { loss } = objective.losses(silent, [], missed, inputsOf(random, shapes));
  expect(value(loss)).toBeGreaterThan(0.95);
  expect(value(loss)).toBeLessThan(1.05);
  expect(Math.min(...random["level"]!)).toBeGreaterThan(0.02);
  expect(Math.max(...random["level"]!)).toBeLessThan(88);
});

test("coordinates of unit variance cost half a nat, and more where mean or deviation are wrong", () => {
  const geometry = geometryOf([], 1);
  const weights = [{ axes: tf.eye(2), deviations: tf.tensor1d([1, 1]) }];
  const objective = gaussianObjective(geometry);
  const costs = [
    [0, 0],
    [0.5, 0],
    [0, Math.log(2)],
  ].map(([mean, logDeviation]) => {
    const said = tf.tile(tf.tensor3d([mean!, mean!, logDeviation!, logDeviation!], [1, 1, 4]), [ITEMS, 128, 1]);
    return value(
      objective.losses(
        saying(() => said),
        weights,
        missed,
        {},
      ).loss,
    );
  });
  expect(costs[0]).toBeCloseTo(0.5, 1);
  expect(costs[1]! - costs[0]!).toBeCloseTo(0.125, 1);
  expect(costs[2]).toBeCloseTo(Math.log(2) + 0.125, 1);
});

test("two draws cost what the fair CRPS of two members is", () => {
  const geometry = geometryOf([], 1);
  const objective = onePassObjective({ kind: "one-pass", noise: 1 }, geometry, { seed: 1, possible: (field) => field });
  // The field is the noise itself, everywhere.
  const network = saying((_, features) => tf.tile(tf.reshape(features!, [ITEMS, 1, 1]), [1, 128, 2]));
  const random = objective.random({ first: 0, count: ITEMS }) as Record<string, Float32Array>;
  const { loss } = objective.losses(network, [], missed, inputsOf(random, { first: [ITEMS, 1], second: [ITEMS, 1] }));
  const data = missed.dataSync();
  let expected = 0;
  for (let at = 0; at < data.length; at++) {
    const item = Math.floor(at / (ROWS * COLUMNS * CHANNELS));
    const row = Math.floor(at / (COLUMNS * CHANNELS)) % ROWS;
    const members = [random["first"]![item]!, random["second"]![item]!];
    expected += (grid.areaWeights[row]! * ensembleCrps(members, data[at]!)) / data.length;
  }
  expect(value(loss)).toBeCloseTo(expected, 4);
});
