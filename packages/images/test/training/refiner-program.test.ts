import { adamWZeros, type NamedArrays } from "@nextscale/engine";
import { codeNoise, randomStream, uniforms } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { likelihoodProgram } from "../../src/generator/programs.js";
import { refinerProgram } from "../../src/training/refiner-program.js";
import { IMAGE_PRESETS } from "../../src/config/presets.js";
import { weightTypes } from "../../src/generator/weights.js";
import { encodingProgram, latentProgram } from "../../src/tokeniser/programs.js";
import { randomWeights, runOnce, testEngine, TINY } from "../support/tiny-model.js";

const opened = testEngine();
const { training } = IMAGE_PRESETS.tiny;
const items = training.refiner.batchSize;
const { scales, vocabulary } = TINY.tokeniser;
const sites = scales.map((side) => side * side);
const types = weightTypes(TINY);
const images = uniforms(randomStream(2, "images"), { draws: items * 784 });
const labels = Int32Array.from({ length: items }, (_, i) => i % 11);

/** Losses of one step from given weights, with codes corrupted at a given strength. */
async function losses(weights: NamedArrays, strength: number): Promise<Record<string, number>> {
  const stream = randomStream(3, "noise");
  const noise = sites.flatMap((count, scale) => {
    const { mask, replacement } = codeNoise(stream, { items, scale, sites: count, vocabulary, strength });
    return [
      [`noise/${scale}/mask`, mask],
      [`noise/${scale}/replacement`, replacement],
    ];
  });
  const refiner = Object.entries(weights).filter(([name]) => name.startsWith("refiner/"));
  const under = (place: string) => refiner.map(([name, data]) => [name.replace("refiner", place), data]);
  const state = {
    ...Object.fromEntries([...under("state/parameters"), ...under("state/average")]),
    ...adamWZeros(types.refiner, "state/optimiser"),
  };
  const rates = { learningRate: Float32Array.of(0), averageDecay: Float32Array.of(0) };
  const { latents } = await runOnce(opened.engine, latentProgram(TINY, types, items), weights, { images });
  const outputs = await runOnce(opened.engine, refinerProgram(TINY, training, types), { ...weights, ...state }, {
    latents: latents!,
    labels,
    ...Object.fromEntries(noise),
    ...rates,
  }); // prettier-ignore
  const scalars = Object.entries(outputs).filter(([name]) => !name.startsWith("state/"));
  return Object.fromEntries(scalars.map(([name, data]) => [name, data[0]!]));
}

test("without corruption the loss is the likelihood of the encoder's codes, scale by scale", async () => {
  const weights = randomWeights(TINY, { head: 60 });
  const codes = await runOnce(opened.engine, encodingProgram(TINY, types, items), weights, { images });
  const score = await runOnce(opened.engine, likelihoodProgram(TINY, types, items), weights, { ...codes, labels });
  const clean = await losses(weights, 0);
  let all = 0;
  sites.forEach((count, k) => {
    let sum = 0;
    for (let i = 0; i < items; i++) sum += score["nats"]![i * scales.length + k]!;
    expect(clean[`nats${k + 1}`]).toBeCloseTo(sum / (items * count), 4);
    all += sum;
  });
  expect(clean["loss"]).toBeCloseTo(all / (items * sites.reduce((a, b) => a + b)), 4);
  // Control: with corrupted contexts and recomputed targets the coarsest scale's loss stays, the finer ones' do not.
  const corrupted = await losses(weights, 0.5);
  expect(corrupted["nats1"]).toBeCloseTo(clean["nats1"]!, 5);
  expect(Math.abs(corrupted["nats3"]! - clean["nats3"]!)).toBeGreaterThan(1e-3);
});

test("an untrained refiner finds all codes alike: ln V nats each", async () => {
  const { loss } = await losses(randomWeights(TINY), 0.2);
  expect(loss).toBeGreaterThan(Math.log(vocabulary) - 0.02);
  expect(loss).toBeLessThan(Math.log(vocabulary) + 0.02);
});
