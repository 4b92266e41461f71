import { basename } from "node:path";
import { createProgress, type ProgressStream } from "@nextscale/refinement-core";
import {
  seriesOf,
  simulatedSeries,
  type AnalysisSet,
  type SeriesOfOptions,
  type SimulatedSeriesOptions,
} from "@nextscale/weather";
import { openDataset } from "@nextscale/weather/node";

/* Series out of files and out of the simulator, with a progress line each. */

/** Off a terminal a line comes so often, as in a training. */
const LOG_MS = 120_000;

/** Reads what `openDataset` opens into memory. */
export async function readSeries(
  path: string,
  options: Omit<SeriesOfOptions, "name" | "onProgress">,
  stream: ProgressStream = process.stderr,
) {
  const dataset = await openDataset(path, options.signal === undefined ? {} : { signal: options.signal });
  let line: ReturnType<typeof createProgress> | undefined;
  const onProgress = (done: number, total: number) => {
    line ??= createProgress(stream, { label: `reading ${basename(path)}`, total, unit: "times", logMs: LOG_MS });
    line.update(done);
  };
  const { years } = options;
  const name = years === undefined ? basename(path) : `${basename(path)}, ${years[0]}-${years[1]}`;
  return seriesOf(dataset, { ...options, name, onProgress }).finally(() => line?.close());
}

/** The years of a known data set that are for one thing, out of the folder of its files. */
export function readSplit(
  folder: string,
  { layout, years }: AnalysisSet,
  split: keyof AnalysisSet["years"],
  options: Omit<SeriesOfOptions, "name" | "onProgress">,
) {
  return readSeries(folder, { layout, years: years[split], ...options });
}

/** Runs the simulator. */
export async function simulateSeries(
  options: Omit<SimulatedSeriesOptions, "onProgress">,
  stream: ProgressStream = process.stderr,
) {
  let line: ReturnType<typeof createProgress> | undefined;
  const onProgress = (days: number, total: number) => {
    line ??= createProgress(stream, { label: "simulating", total: Math.round(total), unit: "days", logMs: LOG_MS });
    line.update(Math.round(days));
  };
  return simulatedSeries({ ...options, onProgress }).finally(() => line?.close());
}
