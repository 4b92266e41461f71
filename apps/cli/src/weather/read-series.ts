import { basename } from "node:path";
import { createProgress, type ProgressStream } from "@nextscale/refinement-core";
import { seriesOf, simulatedSeries, type SeriesOfOptions, type SimulatedSeriesOptions } from "@nextscale/weather";
import { openDataset } from "@nextscale/weather/node";

/* Series out of files and out of the simulator, with a progress line each. */

/** Off a terminal a line comes so often, as in a training. */
const LOG_MS = 120_000;

/** Reads a file, or a Zarr store at an address, into memory. */
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
  return seriesOf(dataset, { ...options, name: basename(path), onProgress }).finally(() => line?.close());
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
