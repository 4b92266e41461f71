import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageDataset, type ImageDataset } from "../../src/data/image-dataset.js";
import { LENET_RECIPE } from "../../src/training/lenet-stage.js";
import { loadMnist } from "../../src/node/mnist.js";
import { trainFeatureNetwork, type TrainFeatureNetworkOptions } from "../../src/node/train-feature-network.js";
import { subset } from "../support/subset.js";

const STEPS = 90;

let folder: string;
let dataset: ImageDataset;
let heldOut: ImageDataset;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
  dataset = await subset(await loadMnist("train"), { first: 0, count: 2000, stride: 30 });
  heldOut = await subset(await loadMnist("test"), { first: 0, count: 500, stride: 20 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string, changes: Partial<TrainFeatureNetworkOptions> = {}): ReturnType<typeof trainFeatureNetwork> {
  const recipe = { ...LENET_RECIPE, steps: STEPS, batchSize: 32, averageDecay: 0.9 };
  return trainFeatureNetwork({
    dataset,
    test: heldOut,
    out: join(folder, name),
    seed: 1,
    recipe,
    features: 32,
    ...changes,
  });
}

test("a short training learns, and interrupted and resumed it ends with the same bytes", async () => {
  const reports: number[] = [];
  const whole = await run("whole", { onProgress: ({ stepsDone }) => reports.push(stepsDone) });
  expect(whole.testAccuracy).toBeGreaterThan(0.3);
  expect(reports.at(-1)).toBe(STEPS);

  const abort = new AbortController();
  const onProgress = ({ stepsDone }: { stepsDone: number }) => {
    if (stepsDone >= 50) abort.abort();
  };
  await expect(run("parts", { signal: abort.signal, onProgress })).rejects.toMatchObject({ code: "interrupted" });
  expect(existsSync(join(folder, "parts"))).toBe(false);
  const resumed = await run("parts", { start: "resume" });
  expect(resumed).toEqual({ ...whole, folder: join(folder, "parts") });
  for (const file of ["model.json", "weights.safetensors"]) {
    expect(readFileSync(join(folder, "parts", file)).equals(readFileSync(join(folder, "whole", file)))).toBe(true);
  }
  expect(existsSync(join(folder, "parts.training"))).toBe(false);
}, 30_000);

test("where the network cannot go is said before a step is taken", async () => {
  const onProgress = () => expect.unreachable("a step was taken");
  mkdirSync(join(folder, "strangers"));
  writeFileSync(join(folder, "strangers", "thesis.txt"), "mine");
  await expect(run("strangers", { onProgress })).rejects.toMatchObject({ code: "unwritable" });
  await expect(run("whole", { onProgress })).rejects.toMatchObject({ code: "unwritable" });
  await expect(run("nothing", { start: "resume", onProgress })).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(run("wide", { features: 5000, onProgress })).rejects.toMatchObject({ code: "invalid-argument" });
});

test("data sets that do not go together are refused before anything is written", async () => {
  const { images, height, width, channels } = heldOut;
  const unlabelled = await imageDataset({ name: "unlabelled", images, height, width, channels, classes: [] });
  await expect(run("refused", { test: unlabelled })).rejects.toMatchObject({ code: "shape" });
  await expect(run("refused", { test: { ...heldOut, classes: ["a"] } })).rejects.toMatchObject({ code: "shape" });
  await expect(run("refused", { test: { ...heldOut, height: 14, width: 56 } })).rejects.toMatchObject({
    code: "shape",
  });
  expect(existsSync(join(folder, "refused.training"))).toBe(false);
});
