import type { Engine, NamedArrays } from "@nextscale/engine";
import { exclusively, openEngine, type EngineName } from "@nextscale/engine/node";
import { averagedWeights, type CheckpointContent } from "@nextscale/refinement-core";
import {
  prepareTraining,
  readCheckpoint,
  runStage,
  writeCheckpoint,
  type StageProgress,
  type TrainingRun,
  type TrainingStart,
} from "@nextscale/refinement-core/node";
import { runConfigSchema, type RunConfig, type WeatherModelConfig, type WeatherPreset } from "../config/config.js";
import { WEATHER_PRESETS, type WeatherPresetName } from "../config/presets.js";
import { weatherModelKind } from "../model/checkpoint-kind.js";
import { createForecastModel } from "../model/create-forecast-model.js";
import { scaleOfModel } from "../model/field-scaling.js";
import { fieldSize, type FieldSeries } from "../training/field-series.js";
import { fitResponse, RESPONSE_ROUNDS } from "../training/fit-response.js";
import { fitSharpness, sharpnessTrials } from "../training/fit-sharpness.js";
import { fitFoundations } from "../training/foundations.js";
import { refinerStage } from "../training/refiner-stage.js";
import { seriesFields, startsOf } from "../training/series-fields.js";

/** How to train. */
export interface TrainForecastModelOptions {
  readonly preset: WeatherPresetName | WeatherPreset;
  /** What to learn from, or what makes it, called once it is clear that the model can be put where it is to go. */
  readonly series: FieldSeries | (() => Promise<FieldSeries>);
  /** What sharpness is fitted on, with no time in common with `series`; without it, it stays 1. Made when it is needed. */
  readonly validation?: FieldSeries | (() => Promise<FieldSeries>);
  /** Folder of the finished model. */
  readonly out: string;
  /** Default 0. */
  readonly seed?: number;
  /** Default `new`. */
  readonly start?: TrainingStart;
  readonly engine?: EngineName;
  readonly signal?: AbortSignal;
  /** Called every few steps. */
  readonly onProgress?: (progress: StageProgress) => void;
  /** Called when what is fitted in closed form is there. */
  readonly onFitted?: (config: WeatherModelConfig) => void;
  /** Called after each trial of the fit of the sharpness. */
  readonly onCalibration?: (done: number, total: number) => void;
}

/** A trained model. */
export interface TrainedForecastModel {
  readonly config: WeatherModelConfig;
  readonly hash: string;
  readonly seed: number;
  readonly engine: string;
  readonly steps: number;
  /** Steps that had been taken before: 0 unless resumed. */
  readonly stepsFound: number;
}

const WHERE = "weather/trainForecastModel";

/** What sharpness is fitted on: enough for the differences that matter, in a tenth of the time of the training. */
const CALIBRATION = { starts: 12, size: 64 * 32 * 3, members: 8, days: [1, 3, 5] } as const;

/**
 * Trains a forecast model: fits scales, anchor and quantiser, trains the network, writes the folder `out`. What an interruption
 * leaves in `<out>.training` can be resumed, to the same bits.
 *
 * @throws NextscaleError `invalid-data` when the series cannot be learned from or the training diverges, `unwritable`,
 *   `interrupted` when the signal aborts
 */
export function trainForecastModel(options: TrainForecastModelOptions): Promise<TrainedForecastModel> {
  return exclusively(options.out, WHERE, () => trainAlone(options));
}

async function trainAlone(options: TrainForecastModelOptions): Promise<TrainedForecastModel> {
  const { out, seed = 0, start = "new", signal, onProgress, onFitted } = options;
  const preset = typeof options.preset === "string" ? WEATHER_PRESETS[options.preset] : options.preset;
  const folder = await prepareTraining(out, ["refiner"], start, WHERE);
  const series = await made(options.series);
  const engine = await openEngine(options.engine);
  try {
    const foundations = await fitFoundations(engine, preset, series);
    onFitted?.(foundations.config);
    const config: RunConfig = { model: foundations.config, training: preset.training };
    const data = { name: series.name, sha256: series.hash };
    const run: TrainingRun<RunConfig> = {
      config,
      schema: runConfigSchema,
      seed,
      data,
      folder,
      engine,
      resume: start === "resume",
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    const { state, stepsFound } = await runStage(run, refinerStage({ config, foundations, series, seed }));
    const tensors: NamedArrays = { ...foundations.tensors, ...averagedWeights(state, "refiner") };
    const content = { config: config.model, seed, data, metrics: {}, tensors };
    const finished = await calibrated(engine, content, options);
    await writeCheckpoint(out, weatherModelKind, finished);
    const { hash } = await readCheckpoint(out, weatherModelKind);
    return { config: finished.config, hash, seed, engine: engine.name, steps: preset.training.steps, stepsFound };
  } finally {
    await engine.close();
  }
}

/** A region has less in a field than the globe, and takes less time for it. */
function calibrationStarts(size: number): number {
  const { starts, size: least } = CALIBRATION;
  return Math.max(starts, Math.round((starts * least) / size));
}

function made(series: FieldSeries | (() => Promise<FieldSeries>)): Promise<FieldSeries> {
  return typeof series === "function" ? series() : Promise.resolve(series);
}

/** A trained model with the response and the sharpness that it forecasts the validation data best with. */
async function calibrated(
  engine: Engine,
  content: CheckpointContent<WeatherModelConfig>,
  options: TrainForecastModelOptions,
): Promise<CheckpointContent<WeatherModelConfig>> {
  if (options.validation === undefined) return content;
  const validation = await made(options.validation);
  const { signal, onCalibration } = options;
  const { config, seed, data } = content;
  const steps = (24 * Math.max(...CALIBRATION.days)) / config.stepHours;
  const common = {
    truth: seriesFields(validation),
    starts: startsOf(validation, calibrationStarts(fieldSize(validation)), steps),
    members: CALIBRATION.members,
    seed,
    ...(signal === undefined ? {} : { signal }),
  };
  const truncation = typeof config.truncation === "number" ? config.truncation : undefined;
  const rounds = truncation === undefined ? 0 : RESPONSE_ROUNDS;
  const total = rounds + sharpnessTrials(config.sharpness.length);
  const open = (tensors: NamedArrays) =>
    createForecastModel({ config, tensors, hash: "", description: { seed, data } }, { engine });
  const withResponse = (response: Float32Array): NamedArrays => ({
    ...content.tensors,
    "scaling/response/0": response,
  });
  const tensors =
    truncation === undefined
      ? content.tensors
      : withResponse(
          await fitResponse((response) => open(withResponse(response)), {
            ...common,
            ...{ layout: validation.layout, truncation, scale: scaleOfModel(config, content.tensors), steps },
            onProgress: (done) => onCalibration?.(done, total),
          }),
        );
  const model = open(tensors);
  try {
    const sharpness = await fitSharpness(model, {
      ...common,
      leads: CALIBRATION.days.map((days) => 24 * days),
      deviation: tensors["scaling/deviation"]!,
      onProgress: (done) => onCalibration?.(rounds + done, total),
    });
    return { ...content, tensors, config: { ...config, sharpness: [...sharpness] } };
  } finally {
    await model.close();
  }
}
