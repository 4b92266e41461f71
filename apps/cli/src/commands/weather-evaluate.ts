import { openEngine } from "@nextscale/engine/node";
import {
  ANALYSIS_SETS,
  evaluateForecastModel,
  layoutOfModel,
  SIMULATOR_CHANNELS,
  SIMULATOR_SPLIT,
  type AnalysisSet,
  type EvaluateForecastModelOptions,
  type WeatherModelConfig,
} from "@nextscale/weather";
import { analysisSetIn, folderOfSet, readForecastModel } from "@nextscale/weather/node";
import { NextscaleError } from "@nextscale/engine";
import { engineOption } from "../engine-option.js";
import type { Invocation } from "../invocation.js";
import { print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";
import { showStageLines } from "../stage-line.js";
import { requireDistinct } from "../distinct-paths.js";
import { readSeries, readSplit, simulateSeries } from "../weather/read-series.js";
import { reportTables } from "../weather/score-tables.js";

/** Options of `nextscale weather evaluate`. */
export interface EvaluateWeatherOptions {
  readonly model: string;
  readonly beside?: readonly string[];
  readonly data?: string;
  readonly archive?: string;
  readonly split?: "validation" | "test";
  readonly starts: number;
  readonly members: number;
  readonly days: number;
  readonly seed: number;
  readonly engine?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** The truth's name among simulated years, so that no year of the archive has it too. */
const TRUTH_YEAR = 2101;

/** Starts of the perfect-model ensemble: on one processor the simulator takes seconds for each. */
const PERFECT_STARTS = 8;

/** Error of its analyses in z500, m2/s2: about a metre of height, so small that it stands for none. */
const ANALYSIS_ERROR = 10;

/** Measures a model against the baselines. */
export async function evaluateWeather(options: EvaluateWeatherOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { out, starts, members, days, seed } = options;
  const { signal } = invocation;
  if (out !== undefined) await requireReport(out, options);
  const content = await readForecastModel(options.model);
  const beside = await Promise.all(
    (options.beside ?? []).map(async (name) => ({ name, content: await readForecastModel(name) })),
  );
  const data = await dataOf(content.config, options, signal);
  const engine = await openEngine(engineOption(options.engine).engine);
  const lines = showStageLines(process.stderr, { unit: "starts" });
  try {
    const report = await evaluateForecastModel({
      ...{ content, beside, engine, starts, members, days, seed, signal, onProgress: lines.update },
      ...data,
    }).finally(lines.close);
    // Before it is written: a full disk must not cost minutes of work.
    if (options.json) printJson(report);
    else print(reportTables(report));
    if (out === undefined) return;
    const { hash: modelHash, networkEvaluations } = report.models[0];
    const chosen = { starts, members, days, truth: report.truth.sha256, ...(report.archive === undefined ? {} : { archive: report.archive.sha256 }) }; // prettier-ignore
    const facts = { modelHash, seed, engine: engine.name, networkEvaluations, options: chosen, began };
    const files = await writeOutputs(
      [{ path: out, content: `${JSON.stringify(report, null, 2)}\n` }],
      facts,
      invocation,
    );
    if (!options.json) print("", ...files);
  } finally {
    await engine.close();
  }
}

/** Checks the name of a report: pictures are drawn of files that end in .json. */
async function requireReport(out: string, { data, archive }: EvaluateWeatherOptions): Promise<void> {
  if (!out.endsWith(".json")) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "--out",
      expected: "a file that ends in .json",
      got: out,
    });
  }
  await requireWritable(out, "file");
  await requireDistinct(out, { "--data": data, "--archive": archive });
}

/**
 * Truth and archive: files, those of a known data set by its years, or for a model of the simulator a year that it has not seen
 * and a run that it has.
 */
async function dataOf(
  config: WeatherModelConfig,
  { data, archive, split: wanted }: EvaluateWeatherOptions,
  signal: AbortSignal,
): Promise<Pick<EvaluateForecastModelOptions, "truth" | "archive" | "perfect">> {
  const { grid, channels, stepHours } = config;
  const layout = layoutOfModel(config);
  const read = (path: string) => readSeries(path, { layout, stepHours, signal });
  const set = data === undefined ? setOf(config) : analysisSetIn(data);
  if (wanted !== undefined && data !== undefined && set === undefined) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "--split",
      expected: "data whose years have a use: that of a preset",
      got: `${wanted} of ${data}`,
      fix: "leave it out, and name a file with the years to evaluate on",
    });
  }
  const split = wanted ?? "test";
  if (set !== undefined) {
    const folder = data ?? folderOfSet(set);
    const part = (name: keyof AnalysisSet["years"]) => readSplit(folder, set, name, { stepHours, signal });
    return { truth: await part(split), archive: archive === undefined ? await part("train") : await read(archive) };
  }
  if (data !== undefined) {
    const truth = await read(data);
    return { truth, ...(archive === undefined ? {} : { archive: await read(archive) }) };
  }
  if (channels.join() !== SIMULATOR_CHANNELS.join() || grid.kind !== "gaussian") {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "--data",
      expected: "analyses that the model has not seen",
      got: "none, for a model of other data than the simulator's",
      fix: "add --data with a file, and --archive with years that the model was trained on",
    });
  }
  const states = new Map<number, { readonly state: Float64Array; readonly day: number }>();
  const { seeds, years } = SIMULATOR_SPLIT[split];
  const truth = await simulateSeries({
    ...{ seeds, years, stepHours, firstYear: TRUTH_YEAR, signal },
    onSnapshot: (time, { state, day }) => states.set(time, { state, day }),
  });
  const { train } = SIMULATOR_SPLIT;
  const own = { seeds: train.seeds.slice(0, 1), years: train.years };
  return {
    truth,
    archive: archive === undefined ? await simulateSeries({ ...own, stepHours, signal }) : await read(archive),
    perfect: { states, starts: PERFECT_STARTS, analysisError: ANALYSIS_ERROR },
  };
}

/** The known data set that a model of its channels and grid was trained on. */
function setOf({ channels, grid }: WeatherModelConfig): AnalysisSet | undefined {
  const isOwn = (all: ArrayLike<number>, own: readonly number[]) =>
    all.length === own.length && own.every((value, i) => value === all[i]);
  return ANALYSIS_SETS.find(({ layout }) => {
    const places = isOwn(layout.grid.latitudes, grid.latitudes) && isOwn(layout.grid.longitudes, grid.longitudes);
    return places && layout.channels.join() === channels.join();
  });
}
