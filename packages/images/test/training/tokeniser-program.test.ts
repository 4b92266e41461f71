import { formatDiagnostics, quantiserDiagnostics, randomStream, uniforms, integers } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { imageDataset } from "../../src/data/image-dataset.js";
import { IMAGE_PRESETS } from "../../src/config/presets.js";
import { weightTypes } from "../../src/generator/weights.js";
import { encodingProgram } from "../../src/tokeniser/programs.js";
import { autoencoderStage } from "../../src/training/autoencoder-stage.js";
import { imagesAt } from "../../src/data/images-at.js";
import type { ImageStage, StageInputs } from "../../src/training/run.js";
import { finishedTokeniser, tokeniserStage } from "../../src/training/tokeniser-stage.js";
import { runOnce, testEngine, TINY } from "../support/tiny-model.js";

const opened = testEngine();
/** The preset's schedule is still coming up from zero after so few steps. */
const LEARNING_RATE = 3e-3;

/** Bright discs on black: a few numbers say all about an image, so a few steps learn much. */
async function discs(count: number) {
  const draws = uniforms(randomStream(1, "discs"), { items: count, draws: 4 });
  const images = new Uint8Array(count * 784);
  for (let i = 0; i < count; i++) {
    const [x, y, radius] = [8 + 12 * draws[4 * i]!, 8 + 12 * draws[4 * i + 1]!, 3 + 5 * draws[4 * i + 2]!];
    for (let p = 0; p < 784; p++) {
      if (Math.hypot((p % 28) - x, Math.floor(p / 28) - y) < radius) images[i * 784 + p] = 255;
    }
  }
  const labels = Uint8Array.from(integers(randomStream(1, "labels"), { items: count, draws: 1 }, 10));
  return imageDataset({ name: "discs", images, labels, height: 28, width: 28, channels: 1, classes: TINY.classes });
}

/** Thirty steps of a stage on one batch, at one learning rate; the first and the last value of each loss, and the state. */
async function learnOneBatch(stage: ImageStage) {
  const state = await stage.start();
  const executable = await opened.engine.compile(stage.program(), { state, constants: stage.constants });
  const inputs = {
    ...stage.batches(0),
    learningRate: Float32Array.of(LEARNING_RATE),
    averageDecay: Float32Array.of(0.9),
  };
  const losses: Record<string, number>[] = [];
  for (let step = 0; step < 30; step++) {
    const outputs = await executable.run(inputs);
    losses.push(Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, data[0]!] as const)));
  }
  const last = await executable.readState();
  await executable.close();
  return { first: losses[0]!, last: losses.at(-1)!, state: last };
}

test("thirty steps of each stage bring the reconstruction error down, and every scale uses its codebook", async () => {
  const { training } = IMAGE_PRESETS.tiny;
  const dataset = await discs(256);
  const inputs: StageInputs = {
    config: { model: TINY, training: { ...training, tokeniser: { ...training.tokeniser, truncation: 0 } } },
    types: weightTypes(TINY),
    dataset,
    seed: 3,
  };
  const plain = await learnOneBatch(autoencoderStage(inputs));
  expect(plain.last["reconstruction"]!).toBeLessThan(0.3 * plain.first["reconstruction"]!);
  const quantised = await learnOneBatch(tokeniserStage(inputs, plain.state, opened.engine));
  expect(quantised.last["reconstruction"]!).toBeLessThan(0.6 * quantised.first["reconstruction"]!);
  expect(Object.keys(quantised.last).sort()).toEqual(["codebook", "commitment", "reconstruction", "restarted"]);

  const finished = finishedTokeniser(quantised.state, TINY);
  const program = encodingProgram(TINY, inputs.types, 256);
  const codes = await runOnce(opened.engine, program, finished, { images: imagesAt(dataset, 0, 256) });
  const { scales, vocabulary } = TINY.tokeniser;
  const diagnostics = quantiserDiagnostics(scales.map(() => vocabulary));
  scales.forEach((_, scale) => {
    const hits = new Float64Array(vocabulary);
    for (const code of codes[`codes/${scale}`]!) hits[code]!++;
    diagnostics.observe(scale, { hits });
  });
  const rows = diagnostics.scales();
  expect(rows.map(({ tokens }) => tokens)).toEqual(scales.map((side) => 256 * side * side));
  for (const { usage, perplexity } of rows) {
    expect(usage).toBeGreaterThan(0.4);
    expect(perplexity).toBeGreaterThan(3);
  }
  expect(formatDiagnostics(rows).split("\n")).toHaveLength(1 + scales.length);
});
