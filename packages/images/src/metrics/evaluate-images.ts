import { NextscaleError } from "@nextscale/engine";
import {
  accuracy,
  codeLikelihood,
  fitFrechet,
  fitUnigram,
  momentsOf,
  permutation,
  randomStream,
  unigramCrossEntropy,
} from "@nextscale/refinement-core";
import type { ImageDataset } from "../data/image-dataset.js";
import { codeCalibration, labelCost, twoPartCosts } from "./evaluate-likelihood.js";
import { codebookUse, reconstructionErrors } from "./evaluate-tokeniser.js";
import type { EvaluatedModel } from "./evaluated-model.js";
import type { FeatureNetwork } from "./feature-network.js";
import { imageBatches } from "./image-batches.js";
import { roundToLevels } from "./levels.js";
import { encodeDataset, firstCodes, joinScales, scaleSites } from "./model-codes.js";
import { pixelFloors } from "./pixel-floors.js";
import { requireMatching } from "./require-matching.js";
import type { DataReport, ImageReport, LikelihoodReport, SampleReport, TokeniserReport } from "./report.js";
import { embedSet, fitPixelPca, fitSetMetrics, selectFrom } from "./set-metrics.js";

/** What an evaluation needs. */
export interface EvaluateImagesOptions {
  readonly model: EvaluatedModel;
  /** Trained on the same data set's training images. */
  readonly network: FeatureNetwork;
  /** What the model was trained on. */
  readonly train: ImageDataset;
  /** What it was not. */
  readonly test: ImageDataset;
  readonly seed: number;
  /** Samples drawn, each of unguided and guided; as many as there are test images unless told. */
  readonly count?: number;
  /** Of the guided samples, 2 unless told. */
  readonly guidanceScale?: number;
  readonly signal?: AbortSignal;
  /** Called when a part begins. */
  readonly onStage?: (stage: EvaluationStage) => void;
}

/** Parts of an evaluation, in order. */
export type EvaluationStage = "real images" | "codes" | "likelihood" | "floors" | "unguided samples" | "guided samples";

/**
 * Measures an image model, and beside every figure what real images or predictors without a model reach.
 *
 * Samples are drawn at temperature 1 without cutting any code off, with labels as frequent as among training images, and
 * rounded to 256 levels as if saved and read again.
 *
 * With 60,000 training images, 10,000 test images and 10,000 samples it takes some minutes, most of it nearest neighbours.
 *
 * @throws NextscaleError `shape` for data, model or feature network of other sizes or for a lack of labels, `invalid-data` for
 *   other classes or a model trained on other images, `invalid-argument` for fewer than 16 samples or a guidance that is
 *   none, `interrupted` when the signal aborts
 */
export async function evaluateImages(options: EvaluateImagesOptions): Promise<ImageReport> {
  const { model, network, train, test, seed, count = test.count, guidanceScale = 2, signal } = options;
  await requireMatching(options);
  requireArguments(options, count, guidanceScale);
  const started = performance.now();
  const begin = async (stage: EvaluationStage): Promise<void> => {
    // Lets timers and signals through between the parts, some of which compute for seconds without a pause.
    await new Promise((resolve) => setTimeout(resolve, 0));
    if (signal?.aborted) throw interrupted(stage);
    options.onStage?.(stage);
  };

  await begin("real images");
  const pca = fitPixelPca(train);
  const trainSet = await embedSet(network, pca, imageBatches(train));
  const testSet = await embedSet(network, pca, imageBatches(test));

  await begin("codes");
  const scales = scaleSites(model);
  const trainCodes = await encodeDataset(model, train);
  const testCodes = await encodeDataset(model, test);
  const reconstructions = await model.decode(testCodes, test.count);
  const reconstructed = await network.embed(roundToLevels(reconstructions));
  const { vocabulary } = model.config.tokeniser;
  const tokeniser: TokeniserReport = {
    ...reconstructionErrors(test, reconstructions, pca),
    frechet: fitFrechet(momentsOf(testSet.features)).score(momentsOf(reconstructed.features)).distance,
    scales: codebookUse(model, trainCodes),
  };

  await begin("likelihood");
  // Without classes there is one label, the null class 0, whatever the images are labelled with.
  const labelled = model.config.classes.length > 0;
  const scores = await model.score(testCodes, labelled ? test.labels! : new Int32Array(test.count));
  const labelNats = labelled ? labelCost(train, test) : 0;
  const unigram = fitUnigram(joinScales(model, trainCodes), scales, vocabulary);
  const floor = unigramCrossEntropy(unigram, joinScales(model, testCodes), scales);
  const codes = codeLikelihood(scores.nats, scales, floor);
  const known = Math.min(train.count, DECODER_IMAGES);
  const { data: means } = await model.decode(firstCodes(model, trainCodes, known), known);
  const likelihood: LikelihoodReport = {
    codes,
    labelNats,
    ...twoPartCosts(
      { pixels: train.images.subarray(0, means.length), means },
      test,
      reconstructions,
      labelNats + codes.nats,
    ),
    floors: pixelFloors(train, test),
    calibration: codeCalibration(scores, scales),
  };

  await begin("floors");
  const metrics = fitSetMetrics(trainSet, testSet);
  // The same training images lend their labels to the samples: then both sets have the same classes in the same numbers.
  const order = permutation(randomStream(seed, "images/evaluate"), train.count).subarray(0, count);
  const floors = { subset: metrics.score(selectFrom(trainSet, order)), all: metrics.distances(trainSet) };
  const labels = labelled ? Array.from(order, (index) => train.labels![index]!) : undefined;

  const scoreSamples = async (guidance: number): Promise<SampleReport> => {
    const sampling = { temperature: 1, guidanceScale: guidance };
    const begun = performance.now();
    const samples = await model.sample({
      ...sampling,
      count: order.length,
      seed,
      ...(labels === undefined ? {} : { label: labels }),
      ...(signal === undefined ? {} : { signal }),
    });
    const seconds = (performance.now() - begun) / 1000;
    const set = await embedSet(network, pca, [roundToLevels(samples)]);
    return {
      ...metrics.score(set),
      memorisation: metrics.memorisation(set),
      ...(labels === undefined ? {} : { classAgreement: accuracy(set.predictions, labels) }),
      guidanceScale: guidance,
      networkEvaluations: model.networkEvaluations(sampling),
      secondsPerThousand: (seconds * 1000) / order.length,
    };
  };
  await begin("unguided samples");
  const unguided = await scoreSamples(1);
  if (labels !== undefined) await begin("guided samples");
  const guided = labels === undefined ? {} : { guided: await scoreSamples(guidanceScale) };

  const tokens = scales.reduce((sum, { sites }) => sum + sites, 0);
  const testAccuracy = test.labels === undefined ? {} : { testAccuracy: accuracy(testSet.predictions, test.labels) };
  return {
    model: { hash: model.hash, engine: model.engine, scales: model.config.tokeniser.scales, tokens, vocabulary },
    data: { train: describe(train), test: describe(test) },
    featureNetwork: { hash: network.hash, ...testAccuracy },
    seed,
    tokeniser,
    likelihood,
    floors,
    unguided,
    ...guided,
    seconds: (performance.now() - started) / 1000,
  };
}

function describe({ name, hash, count }: ImageDataset): DataReport {
  return { name, sha256: hash, count };
}

/** Training images whose pixels given their codes are counted: four million pixels of 28x28. */
const DECODER_IMAGES = 5000;

/** Two blocks of the kernel distance need four images each, density and coverage more than k = 5. */
const FEWEST = 16;

function requireArguments({ train, test }: EvaluateImagesOptions, count: number, guidanceScale: number): void {
  const counted = Number.isInteger(count) && count >= FEWEST && count <= train.count && test.count >= FEWEST;
  if (!counted || !(guidanceScale > 1)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "images/evaluateImages",
      expected: `${FEWEST} to ${train.count} samples, as many as there are training images, ${FEWEST} test images or more, and a guidance scale above 1`,
      got: `${count} samples, ${test.count} test images and a guidance scale of ${guidanceScale}`,
    });
  }
}

function interrupted(stage: EvaluationStage): NextscaleError {
  return new NextscaleError({
    code: "interrupted",
    where: "images/evaluateImages",
    expected: "to finish the evaluation",
    got: `an interruption before ${stage}`,
    fix: "evaluate again",
  });
}
