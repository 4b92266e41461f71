import { randomStream, uniforms } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ImageDataset } from "../../src/data/image-dataset.js";
import { evaluateImages, type EvaluateImagesOptions } from "../../src/metrics/evaluate-images.js";
import type { FeatureNetwork } from "../../src/metrics/feature-network.js";
import { formatReport } from "../../src/metrics/format-report.js";
import type { ImageReport, SampleReport } from "../../src/metrics/report.js";
import { loadFeatureNetwork } from "../../src/node/load-feature-network.js";
import { loadMnist } from "../../src/node/mnist.js";
import { blockModel, replay, type Sampler } from "../support/block-model.js";
import { subset } from "../support/subset.js";

const COUNT = 1000;

let network: FeatureNetwork;
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
});
afterAll(() => network.close());

const noise: Sampler = (labels) => uniforms(randomStream(1, "noise"), { items: labels.length, draws: 784 });

async function evaluate(
  samplers: { readonly unguided: Sampler; readonly guided: Sampler },
  changes: Partial<EvaluateImagesOptions> = {},
): Promise<ImageReport> {
  const model = await blockModel(train, samplers);
  return evaluateImages({ model, network, train, test: heldOut, seed: 1, count: COUNT, ...changes });
}

/** What is said of samples that are as good as real ones; false for at least the distances of others. */
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
  const report = await evaluate(
    { unguided: replay(others), guided: noise },
    { onStage: (stage) => stages.push(stage), guidanceScale: 3 },
  );
  const { unguided: real, guided: noisy, floors, tokeniser, likelihood, featureNetwork } = report;
  expect(stages).toEqual(["real images", "codes", "likelihood", "floors", "unguided samples", "guided samples"]);

  const yes = { frechet: true, pcaFrechet: true, kernel: true, coverage: true, density: true };
  expect(looksReal(real, floors)).toEqual(yes);
  expect(real.frechet.distance).toBeGreaterThan(0.3 * floors.subset.frechet.distance);
  expect(real.classAgreement).toBeGreaterThan(0.98);
  expect(Math.abs(real.memorisation.ratio - 1)).toBeLessThan(0.05);
  expect(real).toMatchObject({ guidanceScale: 1, networkEvaluations: 4, count: COUNT });

  const no = { frechet: false, pcaFrechet: false, kernel: false, coverage: false, density: false };
  expect(looksReal(noisy!, floors)).toEqual(no);
  expect(noisy!.frechet.distance).toBeGreaterThan(50 * floors.subset.frechet.distance);
  expect(noisy!.classAgreement).toBeLessThan(0.3);
  expect(noisy).toMatchObject({ guidanceScale: 3, networkEvaluations: 8 });

  // The model's likelihood is that of its code frequencies on other images, so it is near their entropy.
  expect(likelihood.codes.nats / likelihood.codes.unigramNats).toBeCloseTo(1, 1);
  for (const { expectedError } of likelihood.calibration) expect(expectedError).toBeLessThan(0.05);
  expect(tokeniser.scales.map(({ sites }) => sites)).toEqual([1, 4, 16, 49]);
  expect(tokeniser.meanSquaredError).toBeLessThan(tokeniser.floors.meanImage);
  expect(tokeniser.psnrOfMeanError).toBeLessThan(tokeniser.meanPsnr);
  expect(likelihood.twoPartBits.histogram).toBeLessThan(likelihood.twoPartBits.logistic);
  expect(featureNetwork.testAccuracy).toBeGreaterThan(0.98);

  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  const lines = formatReport(report).split("\n");
  expect(lines.filter((line) => line.length > 140 || line !== line.trimEnd())).toEqual([]);
  expect(lines.find((line) => line.startsWith("class agreement"))).toMatch(/ 9\d\.\d\d %.* \d?\d\.\d\d %/);
}, 60_000);

test("impossible requests and an interruption are errors of their own", async () => {
  const samplers = { unguided: noise, guided: noise };
  await expect(evaluate(samplers, { count: 4000 })).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(evaluate(samplers, { count: 15 })).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(evaluate(samplers, { guidanceScale: 1 })).rejects.toMatchObject({ code: "invalid-argument" });
  const turned = { ...heldOut, height: 14, width: 56 };
  await expect(evaluate(samplers, { test: turned })).rejects.toMatchObject({ code: "shape" });
  await expect(evaluate(samplers, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "interrupted" });
});
