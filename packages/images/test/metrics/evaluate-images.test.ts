import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "@nextscale/engine/node";
import { fitUnigram, randomStream, sha256, unigramCrossEntropy, uniforms } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageDataset, type ImageDataset } from "../../src/data/image-dataset.js";
import { evaluateImages, type EvaluateImagesOptions } from "../../src/metrics/evaluate-images.js";
import { twoPartCosts } from "../../src/metrics/evaluate-likelihood.js";
import type { FeatureNetwork } from "../../src/metrics/feature-network.js";
import { formatReport } from "../../src/metrics/format-report.js";
import { encodeDataset, firstCodes, joinScales, scaleSites } from "../../src/metrics/model-codes.js";
import { requireMatching } from "../../src/metrics/require-matching.js";
import type { ImageReport, SampleReport } from "../../src/metrics/report.js";
import { createImageModel } from "../../src/model/create-image-model.js";
import type { ImageModel } from "../../src/model/image-model.js";
import { loadFeatureNetwork } from "../../src/node/load-feature-network.js";
import { loadImageModel } from "../../src/node/load-image-model.js";
import { loadMnist } from "../../src/node/mnist.js";
import { trainImageModel } from "../../src/node/train-image-model.js";
import { replay, type Sampler } from "../support/replay.js";
import { subset } from "../support/subset.js";
import { contentOf, randomWeights, TINY } from "../support/tiny-model.js";

/*
 * A real model, trained for seconds, whose samples are exchanged for what the test wants to see scored: real images when
 * it is not guided, noise when it is.
 */

const COUNT = 1000;

let network: FeatureNetwork;
let trained: ImageModel;
let train: ImageDataset;
/** What is evaluated against. */
let heldOut: ImageDataset;
/** Real images that are neither in `train` nor in `heldOut`. */
let others: ImageDataset;
beforeAll(async () => {
  network = await loadFeatureNetwork();
  train = await subset(await loadMnist("train"), { first: 0, count: 2000, stride: 30 });
  const mnist = await loadMnist("test");
  heldOut = await subset(mnist, { first: 0, count: COUNT, stride: 10 });
  others = await subset(mnist, { first: 1, count: 2000, stride: 5 });
  const folder = mkdtempSync(join(tmpdir(), "nextscale-"));
  await trainImageModel({ preset: "tiny", dataset: train, out: folder, seed: 1 });
  trained = await loadImageModel(folder);
  rmSync(folder, { recursive: true });
}, 60_000);
afterAll(() => Promise.all([network.close(), trained.close()]));

const noise: Sampler = (labels) => uniforms(randomStream(1, "noise"), { items: labels.length, draws: 784 });

function evaluate(changes: Partial<EvaluateImagesOptions> = {}): Promise<ImageReport> {
  const real = replay(others);
  const model: ImageModel = {
    ...trained,
    async sample({ count, label, guidanceScale }) {
      const labels = label as readonly number[];
      const data = (guidanceScale === 1 ? real : noise)(labels);
      return { data, count, height: 28, width: 28, channels: 1, labels: Int32Array.from(labels), codes: [] };
    },
  };
  return evaluateImages({ model, network, train, test: heldOut, seed: 1, count: COUNT, ...changes });
}

/** What is said of samples that are as good as real ones. */
function looksReal({ frechet, pcaFrechet, kernel, densityCoverage }: SampleReport, { subset }: ImageReport["floors"]) {
  return {
    frechet: frechet.distance < 2 * subset.frechet.distance,
    pcaFrechet: pcaFrechet.distance < 2 * subset.pcaFrechet.distance,
    kernel: Math.abs(kernel.distance) < 5 * kernel.standardError + Math.abs(subset.kernel.distance),
    coverage: densityCoverage.coverage > 0.9,
    density: densityCoverage.density > 0.8,
  };
}

test("real images score as the floors do, noise far worse, and the report is complete", async () => {
  const stages: string[] = [];
  const report = await evaluate({ onStage: (stage) => stages.push(stage), guidanceScale: 3 });
  const { unguided: real, guided: noisy, floors, tokeniser, likelihood, featureNetwork } = report;
  expect(stages).toEqual(["real images", "codes", "likelihood", "floors", "unguided samples", "guided samples"]);

  const yes = { frechet: true, pcaFrechet: true, kernel: true, coverage: true, density: true };
  expect(looksReal(real, floors)).toEqual(yes);
  expect(real.frechet.distance).toBeGreaterThan(0.3 * floors.subset.frechet.distance);
  expect(real.classAgreement).toBeGreaterThan(0.98);
  expect(Math.abs(real.memorisation.ratio - 1)).toBeLessThan(0.05);
  expect(real).toMatchObject({ guidanceScale: 1, networkEvaluations: 3, count: COUNT });

  const no = { frechet: false, pcaFrechet: false, kernel: false, coverage: false, density: false };
  expect(looksReal(noisy!, floors)).toEqual(no);
  expect(noisy!.frechet.distance).toBeGreaterThan(50 * floors.subset.frechet.distance);
  expect(noisy!.classAgreement).toBeLessThan(0.3);
  expect(noisy).toMatchObject({ guidanceScale: 3, networkEvaluations: 6 });

  expect(report.model).toMatchObject({ hash: trained.hash, scales: [1, 2, 5], tokens: 30, vocabulary: 16 });
  // Thirty steps teach a transformer little more than how often codes occur.
  expect(likelihood.codes.nats).toBeGreaterThan(0.5 * likelihood.codes.unigramNats);
  expect(likelihood.codes.nats).toBeLessThan(1.2 * 30 * Math.log(16));
  expect(likelihood.calibration.map(({ count }) => count)).toEqual([COUNT, 4 * COUNT, 25 * COUNT]);
  expect(likelihood.twoPartBits.histogram).toBeLessThan(likelihood.twoPartBits.logistic);
  expect(tokeniser.scales.map(({ sites }) => sites)).toEqual([1, 4, 25]);
  expect(tokeniser.floors.linear.meanSquaredError).toBeLessThan(tokeniser.meanSquaredError);
  expect(tokeniser.psnrOfMeanError).toBeLessThan(tokeniser.meanPsnr);
  expect(featureNetwork.testAccuracy).toBeGreaterThan(0.98);

  // What the model is held against is measured on the same test images.
  const trainCodes = joinScales(trained, await encodeDataset(trained, train));
  const testCodes = joinScales(trained, await encodeDataset(trained, heldOut));
  const scaleList = scaleSites(trained);
  const floor = unigramCrossEntropy(fitUnigram(trainCodes, scaleList, 16), testCodes, scaleList);
  expect(likelihood.codes.scales.map(({ unigramNatsPerCode }) => unigramNatsPerCode)).toEqual(floor);
  expect(tokeniser.scales.every(({ dead, usage }) => dead >= 0 && dead <= 16 * (1 - usage))).toBe(true);

  // Classes are as good as equally frequent; what is sent of an image begins with its class.
  expect(likelihood.labelNats).toBeCloseTo(Math.log(10), 1);
  const known = firstCodes(trained, await encodeDataset(trained, train), train.count);
  const { data: means } = await trained.decode(known, train.count);
  const decoded = await trained.decode(await encodeDataset(trained, heldOut), COUNT);
  const sent = likelihood.codes.nats + likelihood.labelNats;
  const costs = twoPartCosts({ pixels: train.images, means }, heldOut, decoded, sent);
  expect(likelihood.binaryNats).toBeCloseTo(costs.binaryNats, 6);
  expect(likelihood.twoPartBits.logistic).toBeCloseTo(costs.twoPartBits.logistic, 9);
  expect(likelihood.twoPartBits.histogram).toBeCloseTo(costs.twoPartBits.histogram, 9);

  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  const lines = formatReport(report).split("\n");
  expect(lines.filter((line) => line.length > 140 || line !== line.trimEnd())).toEqual([]);
  expect(lines.find((line) => line.startsWith("class agreement"))).toMatch(/ 9\d\.\d\d %.* \d?\d\.\d\d %/);
  expect(lines.filter((line) => line.includes("given the class"))).toHaveLength(2);
  expect(lines.find((line) => line.startsWith("class, nats an image"))).toContain(likelihood.labelNats.toFixed(2));
  const { guided, ...unconditional } = report;
  expect(formatReport({ ...unconditional, guided: guided! })).toContain("guided 3");
  expect(formatReport(unconditional)).not.toContain("guided 3");
}, 60_000);

test("a model without classes is measured on labelled images, whose labels play no part", async () => {
  const config = { ...TINY, classes: [] };
  const engine = await openEngine();
  // What is told of it does not depend on how many images there are.
  const train = await subset(await loadMnist("train"), { first: 0, count: 200, stride: 300 });
  const heldOut = await subset(await loadMnist("test"), { first: 0, count: 100, stride: 100 });
  // It may have been trained on the images alone, which have another hash than the labelled ones.
  const hashes = [train.hash, await sha256(train.images)];
  const models = hashes.map((hash) => createImageModel(contentOf(config, randomWeights(config), hash), { engine }));
  for (const model of models) await requireMatching({ model, network, train, test: heldOut });
  const model = models[0]!;
  const report = await evaluateImages({ model, network, train, test: heldOut, seed: 1, count: 64 });
  expect(report.guided).toBeUndefined();
  expect(report.unguided.classAgreement).toBeUndefined();
  expect(report.likelihood.labelNats).toBe(0);
  expect(report.likelihood.codes.items).toBe(heldOut.count);
  expect(formatReport(report)).not.toContain("given the class");
  await engine.close();
}, 60_000);

test("a model, data or a feature network that do not belong together are refused", async () => {
  await expect(evaluate({ train: others })).rejects.toMatchObject({
    code: "invalid-data",
    message: expect.stringContaining(train.hash) as string,
  });
  const renamed = [..."abcdefghij"];
  for (const changes of [{ train: { ...train, classes: renamed } }, { test: { ...heldOut, classes: renamed } }]) {
    await expect(evaluate(changes)).rejects.toMatchObject({
      code: "invalid-data",
      message: expect.stringContaining("a, b, c") as string,
    });
  }
  const foreign = { ...network, trainedOn: { name: "letters/train", sha256: "0".repeat(64) } };
  await expect(evaluate({ network: foreign })).rejects.toMatchObject({
    code: "invalid-data",
    message: expect.stringContaining("letters/train") as string,
  });
  const fewer = { ...network, config: { ...network.config, classes: 9 } };
  await expect(evaluate({ network: fewer })).rejects.toMatchObject({ code: "invalid-data" });
});

test("impossible requests and an interruption are errors of their own", async () => {
  await expect(evaluate({ count: 4000 })).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(evaluate({ count: 15 })).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(evaluate({ guidanceScale: 1 })).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(evaluate({ test: { ...heldOut, height: 14, width: 56 } })).rejects.toMatchObject({ code: "shape" });
  const { images, height, width, channels } = heldOut;
  const unlabelled = await imageDataset({ name: "unlabelled", images, height, width, channels, classes: [] });
  await expect(evaluate({ test: unlabelled })).rejects.toMatchObject({ code: "shape" });
  await expect(evaluate({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "interrupted" });
});
