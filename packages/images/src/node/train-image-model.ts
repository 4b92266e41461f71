import { NextscaleError } from "@nextscale/engine";
import { openEngine, type EngineName } from "@nextscale/engine/node";
import { writeCheckpoint } from "@nextscale/refinement-core/node";
import * as z from "zod";
import type { ImageDataset } from "../data/image-dataset.js";
import { imageModelKind } from "../model/checkpoint-kind.js";
import type { ImageModelConfig } from "../model/config.js";
import { IMAGE_PRESETS, type ImagePresetName } from "../model/presets.js";
import { weightTypes } from "../model/weights.js";
import { autoencoderStage } from "../training/autoencoder-stage.js";
import { refinerStage } from "../training/refiner-stage.js";
import { runConfigSchema, type RunConfig } from "../training/stage.js";
import { finishedTokeniser, tokeniserStage } from "../training/tokeniser-stage.js";
import { averagedWeights } from "../training/weight-state.js";
import { prepareFolders } from "./train-folders.js";
import { runStage, type StageProgress, type TrainingRun } from "./train-stage.js";

/** What to train. */
export interface TrainImageModelOptions {
  readonly preset: ImagePresetName;
  readonly dataset: ImageDataset;
  /** Folder for the model; the checkpoints of its stages go into a sibling, `<out>.training`. */
  readonly out: string;
  /** Integer from 0 to 2^53 - 2. Default 0. */
  readonly seed?: number;
  /** Goes on from the checkpoints in `<out>.training`; without it a run starts over. Default false. */
  readonly resume?: boolean;
  /** Default: ONNX Runtime on the processor. Another engine gives other bits. */
  readonly engine?: EngineName;
  readonly signal?: AbortSignal;
  /** Called every few steps. */
  readonly onProgress?: (progress: StageProgress) => void;
}

/** The stages, in order. */
const STAGES = ["autoencoder", "tokeniser", "refiner"] as const;

/**
 * Trains an image model in three stages: an autoencoder, its quantised form, then the refiner over its codes. Writes the
 * model to `out` and returns its configuration.
 *
 * The same preset, data, seed and engine give the same weights, whether run in one go or interrupted, or killed, and
 * resumed any number of times.
 *
 * @throws NextscaleError before the first step: `unwritable`, `invalid-argument` when the preset does not go with the size
 *   of the images, `invalid-data` when `<out>.training` holds another run, `engine-unavailable`; later `interrupted`
 *   (resumable), `invalid-data` when training diverges
 */
export async function trainImageModel(options: TrainImageModelOptions): Promise<ImageModelConfig> {
  const { dataset, seed = 0, resume = false, signal, onProgress } = options;
  const config = runConfig(options);
  const folder = await prepareFolders(options.out, STAGES, resume);
  const engine = await openEngine(options.engine);
  try {
    const inputs = { config, types: weightTypes(config.model), dataset, seed };
    const data = { name: dataset.name, sha256: dataset.hash };
    const run: TrainingRun = {
      config,
      seed,
      data,
      folder,
      engine,
      resume,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    const warm = await runStage(run, autoencoderStage(inputs));
    const tokeniser = finishedTokeniser(await runStage(run, tokeniserStage(inputs, warm, engine)), config.model);
    const refiner = averagedWeights(await runStage(run, await refinerStage(inputs, tokeniser, engine)), "refiner");
    const tensors = { ...tokeniser, ...refiner };
    await writeCheckpoint(options.out, imageModelKind, { config: config.model, seed, data, metrics: {}, tensors });
    return config.model;
  } finally {
    await engine.close();
  }
}

/** The preset for the images of a data set. */
function runConfig({ preset, dataset }: TrainImageModelOptions): RunConfig {
  const { model, training } = IMAGE_PRESETS[preset];
  const { height, width, channels, classes } = dataset;
  const config = { model: { height, width, channels, classes: [...classes], ...model }, training };
  const parsed = runConfigSchema.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "images/trainImageModel",
    expected: `images that the preset ${preset} is for`,
    got: `${height}x${width}x${channels} in ${classes.length} classes: ${z.prettifyError(parsed.error)}`,
    fix: "choose another preset or data set",
  });
}
