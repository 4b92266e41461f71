import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { exclusively, openEngine, type EngineName } from "@nextscale/engine/node";
import { accuracy, describeIssues, encodeCheckpoint, type TrainProgress } from "@nextscale/refinement-core";
import { prepareTraining, runStage, writeCheckpoint, type TrainingStart } from "@nextscale/refinement-core/node";
import type { ImageDataset } from "../data/image-dataset.js";
import { embedDataset, featureNetworkKind, lenetConfigSchema, openFeatureNetwork } from "../metrics/feature-network.js";
import type { LenetConfig } from "../metrics/lenet.js";
import {
  finishedLenet,
  LENET_RECIPE,
  LENET_STAGE,
  lenetStage,
  lenetTrainingSchema,
  type LenetRecipe,
} from "../training/lenet-stage.js";

/** What a training of a feature network needs. */
export interface TrainFeatureNetworkOptions {
  /** Labelled images to train on. */
  readonly dataset: ImageDataset;
  /** Labelled images that the accuracy is measured on, once, at the end. */
  readonly test: ImageDataset;
  /** Folder of the finished network; unfinished work lies beside it, in `<out>.training`. */
  readonly out: string;
  readonly seed: number;
  /** That of the bundled network unless told. */
  readonly recipe?: LenetRecipe;
  /** Length of a feature vector, 128 unless told. */
  readonly features?: number;
  /** `onnxruntime-node/cpu` unless told. */
  readonly engine?: EngineName;
  /**
   * `new` (the default) begins where there is neither a network nor an earlier training, `resume` goes on from
   * `<out>.training`, `over` deletes what is there and begins.
   */
  readonly start?: TrainingStart;
  readonly signal?: AbortSignal;
  /** Called every few steps. */
  readonly onProgress?: (progress: TrainProgress) => void;
}

/** What came out. */
export interface TrainedFeatureNetwork {
  readonly folder: string;
  readonly hash: string;
  /** Share of the test images whose class the network names. */
  readonly testAccuracy: number;
}

/** Steps between two reports, and two checkpoints: some five and twenty seconds. */
const LOG_EVERY = 50;
const SAVE_EVERY = 200;

/**
 * Trains the classifier in whose last hidden layer sets of images are compared, and freezes it in a folder. The moving
 * average of the weights is what is kept.
 *
 * The same data, seed, recipe and engine give the same bytes, interrupted and resumed or not. The bundled network is
 *
 * @example
 * await trainFeatureNetwork({
 *   dataset: await loadMnist("train"),
 *   test: await loadMnist("test"),
 *   out: "packages/images/models/lenet-mnist",
 *   seed: 1,
 * });
 *
 * @throws NextscaleError `shape` when the data sets do not go together or have no labels, `invalid-argument` for a recipe
 *   that cannot be followed, `interrupted` when the signal aborts (resume with `start: "resume"`), `unwritable`, `engine-failure`
 */
export function trainFeatureNetwork(options: TrainFeatureNetworkOptions): Promise<TrainedFeatureNetwork> {
  return exclusively(options.out, "images/trainFeatureNetwork", () => trainAlone(options));
}

async function trainAlone(options: TrainFeatureNetworkOptions): Promise<TrainedFeatureNetwork> {
  const { dataset, test, seed, recipe = LENET_RECIPE, signal, onProgress } = options;
  const network = networkFor(dataset, test, options.features ?? 128);
  const config = { network, recipe };
  const data = { name: dataset.name, sha256: dataset.hash };
  const { out, start = "new" } = options;
  const folder = await prepareTraining(out, [LENET_STAGE], start, "images/trainFeatureNetwork");

  const engine = await openEngine(options.engine);
  try {
    const run = { config, schema: lenetTrainingSchema, seed, data, folder, engine, resume: start === "resume" };
    const reporting = {
      logEvery: LOG_EVERY,
      checkpointEvery: SAVE_EVERY,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    const { state } = await runStage({ ...run, ...reporting }, lenetStage({ config, dataset, seed }));

    const content = { config: network, seed, data, metrics: {}, tensors: finishedLenet(state) };
    const frozen = await openFeatureNetwork(await encodeCheckpoint(featureNetworkKind, content), engine);
    const { predictions } = await embedDataset(frozen, test);
    const testAccuracy = accuracy(predictions, test.labels!);
    await writeCheckpoint(out, featureNetworkKind, {
      ...content,
      metrics: { [`accuracy/${test.name}`]: testAccuracy },
    });
    await rm(folder, { recursive: true, force: true });
    return { folder: resolve(out), hash: frozen.hash, testAccuracy };
  } finally {
    await engine.close();
  }
}

function networkFor(dataset: ImageDataset, test: ImageDataset, features: number): LenetConfig {
  const { height, width, channels, classes } = dataset;
  const alike = height === test.height && width === test.width && channels === test.channels;
  if (alike && dataset.labels !== undefined && test.labels !== undefined && String(classes) === String(test.classes)) {
    const network = { height, width, channels, classes: classes.length, features };
    const parsed = lenetConfigSchema.safeParse(network);
    if (parsed.success) return parsed.data;
    throw new NextscaleError({
      code: "invalid-argument",
      where: "images/trainFeatureNetwork",
      expected: "images, classes and features of a feature network",
      got: describeIssues(parsed.error),
    });
  }
  const describe = (set: ImageDataset): string =>
    `${set.name}: ${set.height}x${set.width}x${set.channels} in ${set.classes.length} classes`;
  throw new NextscaleError({
    code: "shape",
    where: "images/trainFeatureNetwork",
    expected: "labelled training and test images of the same size and classes",
    got: `${describe(dataset)}, ${describe(test)}`,
  });
}
