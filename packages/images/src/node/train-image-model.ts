import { exclusively, openEngine, type EngineName } from "@nextscale/engine/node";
import type { ScaleDiagnostics } from "@nextscale/refinement-core";
import {
  prepareTraining,
  readCheckpoint,
  runStage,
  writeCheckpoint,
  type StageProgress,
  type TrainingRun,
  type TrainingStart,
} from "@nextscale/refinement-core/node";
import type { ImageModelConfig } from "../config/config.js";
import type { ImagePreset, ImagePresetName } from "../config/presets.js";
import type { ImageDataset } from "../data/image-dataset.js";
import { weightTypes } from "../generator/weights.js";
import { imageModelKind } from "../model/checkpoint-kind.js";
import { autoencoderStage } from "../training/autoencoder-stage.js";
import { datasetCodebookUse } from "../training/codebook-use.js";
import { decoderStage, withDecoder } from "../training/decoder-stage.js";
import { datasetLatents } from "../training/latents.js";
import { finishedRefiner, refinerStage } from "../training/refiner-stage.js";
import { runConfigSchema, type ImageStage, type RunConfig } from "../training/run.js";
import { runConfig } from "../training/run-config.js";
import { finishedTokeniser, tokeniserStage } from "../training/tokeniser-stage.js";

/** What to train. */
export interface TrainImageModelOptions {
  /** The name of a bundled one, or one of your own. */
  readonly preset: ImagePresetName | ImagePreset;
  readonly dataset: ImageDataset;
  /** Folder for the model; the checkpoints of its stages go into a sibling, `<out>.training`. */
  readonly out: string;
  /** Integer from 0 to 2^53 - 1. Default 0. */
  readonly seed?: number;
  /**
   * `new` (the default) begins where there is neither a model nor an earlier training, `resume` goes on from the checkpoints
   * in `<out>.training`, `over` deletes them and begins.
   */
  readonly start?: TrainingStart;
  /** Default: ONNX Runtime on the processor. Another engine gives other bits. */
  readonly engine?: EngineName;
  readonly signal?: AbortSignal;
  /** Called every few steps. */
  readonly onProgress?: (progress: StageProgress) => void;
  /** Called when the tokeniser is done: how each scale uses its codebook on the first few thousand training images. */
  readonly onTokeniser?: (scales: readonly ScaleDiagnostics[]) => void;
}

/** What came out. */
export interface TrainedImageModel {
  readonly config: ImageModelConfig;
  /** As `loadImageModel` gives it. */
  readonly hash: string;
  readonly seed: number;
  /** Name of the engine that it was trained on. */
  readonly engine: string;
  /** Steps of all stages. */
  readonly steps: number;
  /** How many of them had been taken before this call: 0 unless it resumed. */
  readonly stepsFound: number;
}

/** The stages, in order. */
const STAGES = ["autoencoder", "tokeniser", "decoder", "refiner"] as const;

/**
 * Trains an image model in four stages: an autoencoder, its quantised form, the decoder on the codes that this makes, and the
 * refiner over them. Writes the model to `out`.
 *
 * The same preset, data, seed and engine give the same weights, whether run in one go or interrupted, or killed, and
 * resumed any number of times.
 *
 * @throws NextscaleError before the first step: `unwritable`, `invalid-argument` when the preset does not go with the size
 *   or number of the images or there is nothing to resume, `invalid-data` when `<out>.training` holds another run,
 *   `engine-unavailable`; later `interrupted` (resumable), `invalid-data` when training diverges
 */
export function trainImageModel(options: TrainImageModelOptions): Promise<TrainedImageModel> {
  return trainAtIntervals(options, {});
}

/**
 * `trainImageModel` with other numbers of steps between reports and between checkpoints, for tests of runs that are killed.
 *
 * @internal
 */
export function trainAtIntervals(options: TrainImageModelOptions, intervals: Intervals): Promise<TrainedImageModel> {
  return exclusively(options.out, "images/trainImageModel", () => trainAlone(options, intervals));
}

type Intervals = Pick<TrainingRun<RunConfig>, "checkpointEvery" | "logEvery">;

async function trainAlone(options: TrainImageModelOptions, intervals: Intervals): Promise<TrainedImageModel> {
  const { dataset, out, seed = 0, start = "new", signal, onProgress, onTokeniser } = options;
  const config = runConfig(options.preset, dataset);
  const folder = await prepareTraining(out, STAGES, start, "images/trainImageModel");
  const engine = await openEngine(options.engine);
  try {
    const inputs = { config, types: weightTypes(config.model), dataset, seed };
    const data = { name: dataset.name, sha256: dataset.hash };
    const run: TrainingRun<RunConfig> = {
      config,
      schema: runConfigSchema,
      seed,
      data,
      folder,
      engine,
      resume: start === "resume",
      ...intervals,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    let steps = 0;
    let stepsFound = 0;
    const finish = async (stage: ImageStage) => {
      const result = await runStage(run, stage);
      steps += stage.steps;
      stepsFound += result.stepsFound;
      return result.state;
    };
    const warm = await finish(autoencoderStage(inputs));
    const quantised = finishedTokeniser(await finish(tokeniserStage(inputs, warm, engine)), config.model);
    onTokeniser?.(await datasetCodebookUse(inputs, quantised, engine));
    const latents = await datasetLatents(inputs, quantised, engine, dataset.count);
    const tokeniser = withDecoder(quantised, await finish(decoderStage(inputs, quantised, latents)));
    const refiner = finishedRefiner(await finish(refinerStage(inputs, tokeniser, latents)));
    const tensors = { ...tokeniser, ...refiner };
    await writeCheckpoint(out, imageModelKind, { config: config.model, seed, data, metrics: {}, tensors });
    const { hash } = await readCheckpoint(out, imageModelKind);
    return { config: config.model, hash, seed, engine: engine.name, steps, stepsFound };
  } finally {
    await engine.close();
  }
}
