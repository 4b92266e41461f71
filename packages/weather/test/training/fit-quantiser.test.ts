import "@tensorflow/tfjs-backend-cpu";
import { openEngine } from "@nextscale/engine/node";
import type { Engine } from "@nextscale/engine";
import { encode, gaussianPyramid, normals, randomStream, tensorGrid, walk } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FieldQuantiserPreset } from "../../src/config/head-config.js";
import { gaussianGrid } from "../../src/grid/grid.js";
import { fieldQuantiser } from "../../src/head/field-quantiser.js";
import { fieldPyramid } from "../../src/pyramid/field-pyramid.js";
import { fieldScales } from "../../src/refiner/field-scales.js";
import { configOf, fitQuantiser } from "../../src/training/fit-quantiser.js";

const [ROWS, COLUMNS, CHANNELS, ITEMS] = [8, 16, 2, 64];
const grid = gaussianGrid(ROWS, COLUMNS);
const pyramid = { factors: [2, 2] as (2 | 4 | 8)[], baseSide: 1, expansion: "bilinear" as const };
const data = normals(randomStream(1, "test/fields"), { items: ITEMS, draws: ROWS * COLUMNS * CHANNELS });

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(() => engine.close());

/** Share of the variance that is lost when fields are coded and decoded. */
async function lossOf(preset: FieldQuantiserPreset): Promise<number> {
  const fitted = await fitQuantiser(engine, preset, { grid, channels: CHANNELS, pyramid }, data);
  const weights = fitted.map(({ weights: own }) =>
    Object.fromEntries(
      Object.entries(own).map(([name, { shape, data: values }]) => [name, tf.tensor(values, [...shape])]),
    ),
  );
  const coder = fieldQuantiser(configOf(preset, fitted), weights);
  const fields = tf.tensor4d(data, [ITEMS, ROWS, COLUMNS, CHANNELS]);
  const levels = gaussianPyramid(fieldPyramid(tensorGrid, grid, pyramid.factors, pyramid.expansion), fields, 2);
  const visits = [...walk(fieldScales(grid, pyramid), tf.zerosLike(levels.at(-1)!), encode(coder, levels))];
  for (const [k, { codes, value }] of visits.entries()) {
    expect(codes.shape.at(-1)).toBe(fitted[k]!.dimensions);
    expect(codes.dataSync().every((code) => code >= 0 && code < fitted[k]!.levels)).toBe(true);
    // The law of every quantiser: a value is what its codes stand for.
    expect(tf.max(tf.abs(tf.sub(coder.embed(k, codes), value))).dataSync()[0]).toBeLessThan(1e-5);
    const total = fitted[k]!.counts.reduce((sum, count) => sum + count, 0);
    expect(total).toBe((fitted[k]!.dimensions * codes.size) / codes.shape.at(-1)!);
  }
  return tf.mean(tf.square(tf.sub(visits.at(-1)!.state, fields))).dataSync()[0]!;
}

test("a transform loses less with a smaller step, and no more than a step's rounding", async () => {
  const [coarse, fine] = [
    await lossOf({ kind: "transform", step: 0.5 }),
    await lossOf({ kind: "transform", step: 0.125 }),
  ];
  expect(fine).toBeLessThan(coarse / 4);
  expect(fine).toBeLessThan(0.125 ** 2);
});

test("vectors lose less in more stages, and a stage of more of them less too", async () => {
  const losses = [
    await lossOf({ kind: "vector", vocabulary: 8, stages: [1, 1, 1] }),
    await lossOf({ kind: "vector", vocabulary: 8, stages: [2, 2, 2] }),
    await lossOf({ kind: "vector", vocabulary: 8, stages: [4, 4, 4] }),
    await lossOf({ kind: "vector", vocabulary: 64, stages: [1, 1, 1] }),
  ];
  expect(losses[0]).toBeLessThan(1);
  expect(losses[1]).toBeLessThan(losses[0]!);
  expect(losses[2]).toBeLessThan(losses[1]!);
  expect(losses[3]).toBeLessThan(losses[0]!);
});
