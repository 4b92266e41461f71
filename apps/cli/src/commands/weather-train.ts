import { resolve } from "node:path";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { createProgress } from "@nextscale/refinement-core";
import {
  PRESET_DATA,
  WEATHER_PRESETS,
  type FieldSeries,
  type WeatherPreset,
  type WeatherPresetName,
} from "@nextscale/weather";
import {
  analysisSetIn,
  folderOfSet,
  trainForecastModel,
  type TrainForecastModelOptions,
} from "@nextscale/weather/node";
import { engineOption } from "../engine-option.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson, quoteForShell } from "../output.js";
import { receiptOf, requireWritable } from "../outputs.js";
import { stageProgress, withResumeCommand } from "../training-lines.js";
import { readSeries, readSplit, simulateSeries } from "../weather/read-series.js";

/** Options of `nextscale weather train`. */
export interface TrainWeatherOptions {
  readonly preset: string;
  readonly data?: string;
  readonly validation?: string;
  readonly out: string;
  readonly seed: number;
  readonly steps?: number;
  readonly engine?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** Years between the names of simulated training and validation runs: they have no time in common. */
const VALIDATION_YEAR = 2101;

/** Trains a forecast model, with progress of the data, the training and the calibration. */
export async function trainWeather(options: TrainWeatherOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { seed } = options;
  const preset = presetNamed(options.preset);
  const source = options.data ?? ownData(preset);
  const out = resolve(options.out);
  await requireWritable(options.out);
  const lines = stageProgress(process.stderr);
  const calibration = calibrationLine();
  const trained = await trainForecastModel({
    ...{ out, seed, signal: invocation.signal, start: options.resume ? "resume" : "new" },
    preset: withSteps(preset, options.steps),
    ...engineOption(options.engine),
    ...dataOf(preset, source, options.validation, invocation.signal),
    onProgress: lines.update,
    onCalibration: calibration.update,
  })
    .catch((error: unknown) => {
      throw isNextscaleError(error, "interrupted") ? withResumeCommand(error, options.out, wordsOf(options)) : error;
    })
    .finally(() => {
      lines.close();
      calibration.close();
    });
  const { hash: modelHash, engine, steps, stepsFound } = trained;
  const resumed = stepsFound > 0 ? { resumedAt: stepsFound } : {};
  const chosen = { preset, data: source ?? "simulator" };
  await receiptOf(out, { modelHash, seed, engine, networkEvaluations: steps, options: chosen, began, ...resumed }, invocation); // prettier-ignore
  const wallTimeMs = Math.round(performance.now() - began);
  if (options.json) return printJson({ model: options.out, preset, seed, modelHash, steps, ...resumed, wallTimeMs });
  const part = stepsFound > 0 ? `, ${steps - stepsFound} of ${steps} steps` : "";
  print(
    `Trained ${preset} in ${formatSeconds(wallTimeMs)}${part}: ${options.out}`,
    `Try: npx nextscale weather forecast --model ${quoteForShell(options.out)} --out forecast.nc`,
  );
}

function presetNamed(name: string): WeatherPresetName {
  if (Object.hasOwn(WEATHER_PRESETS, name)) return name as WeatherPresetName;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "weather train",
    expected: `--preset among ${Object.keys(WEATHER_PRESETS).join(", ")}`,
    got: name,
    fix: "choose one of them",
  });
}

/** A preset, trained for as long as asked. */
function withSteps(name: WeatherPresetName, steps: number | undefined): WeatherPreset {
  const preset: WeatherPreset = WEATHER_PRESETS[name];
  return steps === undefined ? preset : { ...preset, training: { ...preset.training, steps } };
}

/** The folder of the data that a preset is made for; undefined for one of the simulator. */
function ownData(preset: WeatherPresetName): string | undefined {
  const data = PRESET_DATA[preset];
  return data.kind === "analyses" ? folderOfSet(data.set) : undefined;
}

/** Files, those of a known data set by its years, or the simulator's runs of the preset. */
function dataOf(
  preset: WeatherPresetName,
  data: string | undefined,
  validation: string | undefined,
  signal: AbortSignal,
): Pick<TrainForecastModelOptions, "series" | "validation"> {
  const { series, held } = data === undefined ? simulated(preset, signal) : files(data, signal);
  if (validation !== undefined) {
    const { series: whole, held: years } = files(validation, signal);
    return { series, validation: years ?? whole };
  }
  return { series, ...(held === undefined ? {} : { validation: held }) };
}

/** What is trained on, and what is held back for the sharpness. */
interface Data {
  readonly series: () => Promise<FieldSeries>;
  readonly held?: () => Promise<FieldSeries>;
}

function files(data: string, signal: AbortSignal): Data {
  const set = analysisSetIn(data);
  if (set === undefined) return { series: () => readSeries(data, { signal }) };
  return {
    series: () => readSplit(data, set, "train", { signal }),
    held: () => readSplit(data, set, "validation", { signal }),
  };
}

function simulated(preset: WeatherPresetName, signal: AbortSignal): Data {
  const data = PRESET_DATA[preset];
  if (data.kind !== "simulator") throw new Error(`internal: ${preset} is not of the simulator`);
  const { stepHours, train, validation } = data;
  return {
    series: () => simulateSeries({ ...train, stepHours, signal }),
    ...(validation === undefined
      ? {}
      : { held: () => simulateSeries({ ...validation, stepHours, firstYear: VALIDATION_YEAR, signal }) }),
  };
}

/** The fit of the sharpness, whose number of trials is known when it begins. */
function calibrationLine() {
  let line: ReturnType<typeof createProgress> | undefined;
  return {
    update(done: number, total: number) {
      line ??= createProgress(process.stderr, { label: "calibrating", total, unit: "trials", logMs: 120_000 });
      line.update(done);
    },
    close: () => line?.close(),
  };
}

function wordsOf({ preset, data, validation, out, seed, steps }: TrainWeatherOptions): string[] {
  return [
    ...["weather", "train", "--preset", preset],
    ...(data === undefined ? [] : ["--data", data]),
    ...(validation === undefined ? [] : ["--validation", validation]),
    ...["--out", out, "--seed", String(seed)],
    ...(steps === undefined ? [] : ["--steps", String(steps)]),
  ];
}
