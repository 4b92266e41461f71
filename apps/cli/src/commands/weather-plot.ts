import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import type { FolderFiles } from "@nextscale/engine/node";
import { openAnalyses, openForecast, type ForecastModelReport } from "@nextscale/weather";
import { openDataset } from "@nextscale/weather/node";
import { earlierPictures } from "../images/earlier-pictures.js";
import type { Invocation } from "../invocation.js";
import type { Point } from "../options.js";
import { print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";
import { NO_ENGINE } from "../versions.js";
import { forecastPictures } from "../weather/forecast-pictures.js";
import { reportPictures } from "../weather/report-pictures.js";

/** Options of `nextscale weather plot`. */
export interface PlotWeatherOptions {
  readonly truth?: string;
  readonly point?: Point;
  readonly variable?: string;
  readonly lead?: number;
  readonly out: string;
  readonly json?: boolean;
}

/** What the pictures are called. */
const PICTURE = /^(mean-and-spread|stamps|plume|ranks|crps|spread-skill|spectra)-.+\.svg$/u;

/** Draws a forecast, or the report of an evaluation, into a folder. */
export async function plotWeather(source: string, options: PlotWeatherOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { out, variable, lead } = options;
  await requireWritable(out, "folder");
  await earlierPictures(out, PICTURE);
  const chosen = { ...(variable === undefined ? {} : { variable }), ...(lead === undefined ? {} : { lead }) };
  const files = /\.json$/i.test(source)
    ? reportPictures(await readReport(source), chosen)
    : await picturesOfForecast(source, options, invocation.signal);
  const facts = { engine: NO_ENGINE, networkEvaluations: 0, options: { source, ...chosen }, began };
  // Looked at again: the folder may have been filled meanwhile.
  const output = { path: out, files, replaced: await earlierPictures(out, PICTURE) };
  const written = await writeOutputs(output, facts, invocation);
  if (options.json) return printJson({ files: Object.keys(files).map((name) => join(out, name)) });
  print(...Object.keys(files).map((name) => join(out, name)), ...written.slice(1));
}

async function picturesOfForecast(
  source: string,
  { truth, point, variable, lead }: PlotWeatherOptions,
  signal: AbortSignal,
): Promise<FolderFiles> {
  const forecast = await openForecast(await openDataset(source, { signal }));
  return forecastPictures(forecast, {
    signal,
    ...(truth === undefined
      ? {}
      : { truth: await openAnalyses(await openDataset(truth, { signal }), forecast.layout) }),
    ...(point === undefined ? {} : { point }),
    ...(variable === undefined ? {} : { variable }),
    ...(lead === undefined ? {} : { lead }),
  });
}

/** @throws NextscaleError `invalid-file` for a file that is no report of an evaluation */
async function readReport(path: string): Promise<ForecastModelReport> {
  const refused = (got: string, cause?: unknown) =>
    new NextscaleError({
      code: "invalid-file",
      where: "weather plot",
      expected: `${path} to be a report of nextscale weather evaluate`,
      got,
      fix: "write one with: nextscale weather evaluate --out report.json",
      cause,
    });
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw refused(error.code ?? error.message, error);
  });
  try {
    const report = JSON.parse(text) as ForecastModelReport;
    if (Array.isArray(report.systems) && Array.isArray(report.leadHours) && report.systems.length > 0) return report;
  } catch (error) {
    throw refused("a file that is not JSON", error);
  }
  throw refused("JSON of something else");
}
