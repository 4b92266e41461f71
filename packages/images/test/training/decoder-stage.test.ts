import { randomStream, uniforms } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { IMAGE_PRESETS } from "../../src/config/presets.js";
import { imageDataset } from "../../src/data/image-dataset.js";
import { imagesAt } from "../../src/data/images-at.js";
import { weightTypes } from "../../src/generator/weights.js";
import { decodingProgram, encodingProgram } from "../../src/tokeniser/programs.js";
import { decoderStage, withDecoder } from "../../src/training/decoder-stage.js";
import { lastScales } from "../../src/training/last-scales.js";
import { datasetLatents } from "../../src/training/latents.js";
import { randomWeights, runOnce, testEngine, TINY } from "../support/tiny-model.js";

const opened = testEngine();
const COUNT = 32;

test("the decoder alone learns what the frozen codes stand for", { timeout: 60_000 }, async () => {
  const levels = uniforms(randomStream(1, "decoder"), { draws: COUNT });
  const images = Uint8Array.from({ length: COUNT * 784 }, (_, i) => 255 * levels[Math.floor(i / 784)]!);
  const dataset = await imageDataset({ ...TINY, name: "grey", images, labels: new Uint8Array(COUNT) });
  const { training } = IMAGE_PRESETS.tiny;
  const inputs = { config: { model: TINY, training }, types: weightTypes(TINY), dataset, seed: 3 };
  const weights = randomWeights(TINY);
  const tokeniser = Object.fromEntries(Object.entries(weights).filter(([name]) => !name.startsWith("refiner/")));

  const latents = await datasetLatents(inputs, tokeniser, opened.engine, COUNT);
  const stage = decoderStage(inputs, tokeniser, latents);
  const executable = await opened.engine.compile(stage.program(), {
    state: await stage.start(),
    constants: stage.constants,
  });
  const step = { ...stage.batches(0), learningRate: Float32Array.of(5e-3), averageDecay: Float32Array.of(0.5) };
  const losses: number[] = [];
  for (let i = 0; i < 40; i++) losses.push((await executable.run(step))["crossEntropy"]![0]!);
  const finished = withDecoder(tokeniser, await executable.readState());
  await executable.close();

  // The entropy of the pixels themselves is the least that a cross-entropy can be.
  const entropies = Array.from(levels, (p) => -p * Math.log(p) - (1 - p) * Math.log(1 - p));
  const floor = entropies.reduce((sum, value) => sum + value, 0) / COUNT;
  expect(losses.at(-1)! - floor).toBeLessThan(0.5 * (losses[0]! - floor));

  const changed = Object.keys(finished).filter((name) => finished[name] !== tokeniser[name]);
  expect(changed.length).toBeGreaterThan(10);
  expect(changed.every((name) => name.startsWith("tokeniser/decoder/"))).toBe(true);
  const error = async (of: typeof finished) => {
    const decoding = decodingProgram(TINY, inputs.types, COUNT, [2]);
    const codes = await runOnce(opened.engine, encodingProgram(TINY, inputs.types, COUNT), of, {
      images: imagesAt(dataset, 0, COUNT),
    });
    const decoded = (await runOnce(opened.engine, decoding, of, codes))["images/2"]!;
    return Array.from(decoded).reduce((sum, value, i) => sum + (value - images[i]! / 255) ** 2, 0) / decoded.length;
  };
  expect(await error(finished)).toBeLessThan(await error(tokeniser));
});

test("most items are decoded from all scales, the truncated share from any first few", () => {
  const items = { first: 5, count: 4000 };
  const rows = lastScales(randomStream(1, "prefix"), { items, scales: 4, truncation: 0.4 });
  const sums = [0, 1, 2, 3].map((k) => rows.reduce((sum, value, i) => sum + (i % 4 === k ? value : 0), 0) / 4000);
  [0.1, 0.1, 0.1, 0.7].forEach((share, k) => expect(sums[k]).toBeCloseTo(share, 1));
  expect(sums.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  const tail = lastScales(randomStream(1, "prefix"), { items: { first: 105, count: 3 }, scales: 4, truncation: 0.4 });
  expect(tail).toEqual(rows.subarray(400, 412));
});
