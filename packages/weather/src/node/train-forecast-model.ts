import { NextscaleError, type NamedArrays } from "@nextscale/engine";
import { exclusively, openEngine, type EngineName } from "@nextscale/engine/node";
import { averagedWeights } from "@nextscale/refinement-core";
import {
  prepareTraining,
  readCheckpoint,
  runStage,
  writeCheckpoint,
  type StageProgress,
  type TrainingRun,
  type TrainingStart,
} from "@nextscale/refinement-core/node";
import {
  contradictions,
  runConfigSchema,
  unequalScales,
  type RunConfig,
  type WeatherModelConfig,
  type WeatherPreset,
} from "../config/config.js";
import { WEATHER_PRESETS, type WeatherPresetName } from "../config/presets.js";
import { weatherModelKind } from "../model/checkpoint-kind.js";
import { gridConfig } from "../model/grid-from.js";
import { calibrate, requireCalibratable } from "../training/calibrate.js";
import type { FieldSeries } from "../training/field-series.js";
import { fitFoundations } from "../training/foundations.js";
import { requireDisjoint, requireSeries } from "../training/require-series.js";
import { refinerStage } from "../training/refiner-stage.js";

/** How to train. */
export interface TrainForecastModelOptions {
  readonly preset: WeatherPresetName | WeatherPreset;
  /** What to learn from, or what makes it, called once it is clear that the model can be put where it is to go. */
  readonly series: FieldSeries | (() => Promise<FieldSeries>);
  /** What it is calibrated on, with no time in common with `series`; without it, it is as trained. */
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
  /** Called after each trial of the calibration. */
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
  const { out, seed = 0, start = "new", signal, onProgress, onFitted, onCalibration } = options;
  const preset = typeof options.preset === "string" ? WEATHER_PRESETS[options.preset] : options.preset;
  const folder = await prepareTraining(out, ["refiner"], start, WHERE);
  const series = await made(options.series);
  const validation = options.validation === undefined ? undefined : await made(options.validation);
  requirePreset(preset, series.layout);
  if (validation !== undefined) {
    const states = { grid: gridConfig(series.layout.grid), channels: [...series.layout.channels], stepHours: series.stepHours }; // prettier-ignore
    requireSeries(WHERE, validation, states);
    requireDisjoint(WHERE, series, validation);
    requireCalibratable(validation);
  }
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
    const finished =
      validation === undefined
        ? content
        : await calibrate(engine, content, validation, {
            ...(signal === undefined ? {} : { signal }),
            ...(onCalibration === undefined ? {} : { onProgress: onCalibration }),
          });
    await writeCheckpoint(out, weatherModelKind, finished);
    const { hash } = await readCheckpoint(out, weatherModelKind);
    return { config: finished.config, hash, seed, engine: engine.name, steps: preset.training.steps, stepsFound };
  } finally {
    await engine.close();
  }
}

/** @throws NextscaleError `invalid-argument` for a preset that fits neither itself nor the grid: before anything is fitted */
function requirePreset(preset: WeatherPreset, { grid, channels }: FieldSeries["layout"]): void {
  const [unequal] = unequalScales(preset.model);
  if (unequal !== undefined) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: WHERE,
      expected: "a preset whose head is for the scales of its pyramid",
      got: `one that is not (${unequal.path.join(".")}: ${unequal.message})`,
      fix: "a pyramid has one scale more than factors",
    });
  }
  const unfit = ({ model }: WeatherPreset) => contradictions({ ...model, grid: gridConfig(grid), channels });
  const [first] = unfit(preset);
  if (first === undefined) return;
  // What its sizes divide says little to someone who has data of the globe and a preset of a region.
  const fitting = Object.entries(WEATHER_PRESETS).flatMap(([name, other]) => (unfit(other).length === 0 ? [name] : []));
  throw new NextscaleError({
    code: "invalid-argument",
    where: WHERE,
    expected: `a preset for ${grid.longitudes.length} x ${grid.latitudes.length} points (${grid.kind})`,
    got: `one that is not (${first.path.join(".")}: ${first.message})`,
    fix: fitting.length === 0 ? "regrid the data" : `choose among ${fitting.join(", ")}, or regrid the data`,
  });
}

function made(series: FieldSeries | (() => Promise<FieldSeries>)): Promise<FieldSeries> {
  return typeof series === "function" ? series() : Promise.resolve(series);
}
