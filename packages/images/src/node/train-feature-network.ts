import { rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { NextscaleError, type NamedArrays } from "@nextscale/engine";
import { openEngine, type EngineName } from "@nextscale/engine/node";
import { accuracy, encodeCheckpoint, train, type TrainProgress } from "@nextscale/refinement-core";
import { trainingCheckpoint, writeCheckpoint } from "@nextscale/refinement-core/node";
import type { ImageDataset } from "../data/image-dataset.js";
import { embedDataset, featureNetworkKind, openFeatureNetwork } from "../metrics/feature-network.js";
import type { LenetConfig } from "../metrics/lenet.js";
import {
  initialTrainingState,
  LENET_RECIPE,
  lenetLearningRate,
  lenetTrainingBatches,
  lenetTrainingKind,
  lenetTrainingStep,
  trainingLayout,
  type LenetRecipe,
} from "../metrics/lenet-training.js";

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
  /** Go on from `<out>.training` where there is one; otherwise it is overwritten. Default false. */
  readonly resume?: boolean;
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

/** Steps between two checkpoints: some twenty seconds. */
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
 *   that cannot be followed, `interrupted` when the signal aborts (resume with `resume: true`), `unwritable`, `engine-failure`
 */
export async function trainFeatureNetwork(options: TrainFeatureNetworkOptions): Promise<TrainedFeatureNetwork> {
  const { dataset, test, seed, recipe = LENET_RECIPE, signal, onProgress } = options;
  const network = networkFor(dataset, test, options.features ?? 128);
  const out = resolve(options.out);
  const unfinished = join(dirname(out), `${basename(out)}.training`);
  const config = { network, recipe };
  const data = { name: dataset.name, sha256: dataset.hash };
  const checkpoint = trainingCheckpoint(unfinished, lenetTrainingKind, { config, seed, data, steps: recipe.steps });
  const found = options.resume === true ? await checkpoint.resume() : undefined;

  const engine = await openEngine(options.engine);
  try {
    const executable = await engine.compile(lenetTrainingStep(config), {
      state: found?.state ?? initialTrainingState(network, seed),
    });
    const { state } = await train({
      executable,
      layout: trainingLayout(network),
      steps: recipe.steps,
      stepsDone: found?.stepsDone ?? 0,
      batches: lenetTrainingBatches(dataset, config, seed),
      scalars: { learningRate: lenetLearningRate(recipe) },
      checkpoint: { every: SAVE_EVERY, save: checkpoint.save },
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    await executable.close();

    const content = { config: network, seed, data, metrics: {}, tensors: averageOf(state) };
    const frozen = await openFeatureNetwork(await encodeCheckpoint(featureNetworkKind, content), engine);
    const { predictions } = await embedDataset(frozen, test);
    const testAccuracy = accuracy(predictions, test.labels!);
    await writeCheckpoint(out, featureNetworkKind, {
      ...content,
      metrics: { [`accuracy/${test.name}`]: testAccuracy },
    });
    await rm(unfinished, { recursive: true, force: true });
    return { folder: out, hash: frozen.hash, testAccuracy };
  } finally {
    await engine.close();
  }
}

function networkFor(dataset: ImageDataset, test: ImageDataset, features: number): LenetConfig {
  const { height, width, channels, classes } = dataset;
  const alike = height === test.height && width === test.width && channels === test.channels;
  if (alike && dataset.labels !== undefined && test.labels !== undefined && String(classes) === String(test.classes)) {
    return { height, width, channels, classes: classes.length, features };
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

/** The averaged weights of a training's state, under the names of parameters. */
function averageOf(state: NamedArrays): NamedArrays {
  const averages = Object.entries(state).filter(([name]) => name.startsWith("average/"));
  return Object.fromEntries(averages.map(([name, data]) => [name.replace("average/", "parameters/"), data]));
}
