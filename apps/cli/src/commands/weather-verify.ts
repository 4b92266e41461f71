import { createProgress } from "@nextscale/refinement-core";
import { openAnalyses, openForecast, verifyForecast } from "@nextscale/weather";
import { openDataset } from "@nextscale/weather/node";
import type { Invocation } from "../invocation.js";
import { print, printJson } from "../output.js";
import { readSeries } from "../weather/read-series.js";
import { verificationTables } from "../weather/score-tables.js";

/** Options of `nextscale weather verify`. */
export interface VerifyWeatherOptions {
  readonly truth: string;
  readonly climatology?: string;
  readonly json?: boolean;
}

/** Scores a forecast against what happened. */
export async function verifyWeather(
  forecastPath: string,
  { truth: truthPath, climatology, json }: VerifyWeatherOptions,
  { signal }: Invocation,
): Promise<void> {
  const forecast = await openForecast(await openDataset(forecastPath, { signal }));
  const { layout, starts, leadHours } = forecast;
  const truth = await openAnalyses(await openDataset(truthPath, { signal }), layout);
  const climate = climatology === undefined ? undefined : await readSeries(climatology, { layout, signal });
  const total = starts.length * leadHours.length;
  const progress = createProgress(process.stderr, { label: "verifying", total, unit: "leads", logMs: 120_000 });
  const report = await verifyForecast(forecast, {
    ...{ truth, signal, onProgress: (done: number) => progress.update(done) },
    ...(climate === undefined ? {} : { climate }),
  }).finally(() => progress.close());
  if (json) return printJson({ forecast: forecastPath, truth: truthPath, ...report });
  const from = report.starts.length === 1 ? report.starts[0]! : `${report.starts.length} starts`;
  print(
    `${report.members} members from ${from}, in the channels' units`,
    ...(report.unverified === 0 ? [] : [`${report.unverified} of ${total} leads have no truth and are left out`]),
    "",
    verificationTables(report),
  );
}
