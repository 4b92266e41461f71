import { join } from "node:path";
import { createProgress } from "@nextscale/refinement-core";
import { openForecast } from "@nextscale/weather";
import { loadForecastModel, openDataset, writeForecast } from "@nextscale/weather/node";
import type { Invocation } from "../invocation.js";
import { formatSeconds, quoteForShell } from "../output.js";
import { receiptOf, requireWritable, writeOutputs } from "../outputs.js";
import { forecastPictures } from "./forecast-pictures.js";
import { startOf } from "./initial-state.js";

/** What the demonstration forecasts. */
export interface DemoForecastOptions {
  /** A bundled model, or the folder of one. */
  readonly model: string;
  /** Analyses to start from; a run of the simulator unless told. */
  readonly init?: string;
  readonly out: string;
  readonly seed: number;
}

const MEMBERS = 16;
const DAYS = 10;

/** What is drawn of the forecast. */
const PICTURES = ["mean-and-spread", "plume"];

/** Makes an ensemble forecast with its pictures, and says what it made. */
export async function demoForecast(options: DemoForecastOptions, invocation: Invocation): Promise<readonly string[]> {
  const began = performance.now();
  const { model: name, out, seed } = options;
  const { signal } = invocation;
  const path = join(out, "forecast.nc");
  await requireWritable(path, "file");
  const model = await loadForecastModel(name);
  try {
    const { initial, source } = await startOf(model, options, signal);
    const steps = Math.floor((24 * DAYS) / model.config.stepHours);
    const progress = createProgress(process.stderr, { label: "forecasting", total: MEMBERS * steps, unit: "fields" });
    await writeForecast(model, {
      ...{ path, initial, steps, members: MEMBERS, seed, signal, attributes: { initial_state: source } },
      onProgress: (done) => progress.update(done),
    }).finally(() => progress.close());
    const { hash: modelHash, engine, networkEvaluations } = model;
    const chosen = { members: MEMBERS, days: DAYS, initial: source };
    const facts = { modelHash, seed, engine, networkEvaluations, options: chosen, began };
    await receiptOf(path, facts, invocation);
    const drawn = await forecastPictures(await openForecast(await openDataset(path)), { signal });
    const pictures = Object.entries(drawn)
      .filter(([file]) => PICTURES.some((picture) => file.startsWith(picture)))
      .map(([file, content]) => ({ path: join(out, file), content }));
    await writeOutputs(pictures, facts, invocation);
    const start = new Date(initial.time).toISOString();
    const init = options.init === undefined ? "" : ` --init ${quoteForShell(options.init)}`;
    return [
      `A forecast of ${MEMBERS} members over ${DAYS} days in ${formatSeconds(performance.now() - began)}:`,
      `  ${path}   from ${start} (${source})`,
      ...pictures.map((picture) => `  ${picture.path}`),
      "The same forecast again:",
      `  npx nextscale weather forecast --model ${quoteForShell(name)}${init} --members ${MEMBERS} --days ${DAYS} --seed ${seed} --out ${quoteForShell(path)}`,
    ];
  } finally {
    await model.close();
  }
}
