import { NextscaleError } from "@nextscale/engine";
import { createProgress } from "@nextscale/refinement-core";
import type { ForecastModel } from "@nextscale/weather";
import { loadForecastModel, writeForecast } from "@nextscale/weather/node";
import { engineOption } from "../engine-option.js";
import type { Invocation } from "../invocation.js";
import { shardRange, type Shard } from "../options.js";
import { formatSeconds, print, printJson, quoteForShell } from "../output.js";
import { receiptOf } from "../outputs.js";
import { requireDatasetOutput } from "../weather/dataset-output.js";
import { requireDistinct } from "../distinct-paths.js";
import { startOf } from "../weather/initial-state.js";

/** Options of `nextscale weather forecast`. */
export interface ForecastWeatherOptions {
  readonly model: string;
  readonly init?: string;
  readonly initTime?: number;
  readonly members: number;
  readonly days: number;
  readonly seed: number;
  readonly shard?: Shard;
  readonly sharpness?: readonly number[];
  readonly engine?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Makes an ensemble forecast and writes it. */
export async function forecastWeather(options: ForecastWeatherOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { seed, out } = options;
  const { signal } = invocation;
  const { start: firstMember, end } = shardRange(options.members, options.shard ?? { index: 0, count: 1 });
  const members = end - firstMember;
  if (members === 0) {
    throw invalid(`--shard with no more parts than the ${options.members} members`, `${options.shard?.count} parts`);
  }
  await requireDatasetOutput(out);
  await requireDistinct(out, { "--init": options.init });
  const model = await loadForecastModel(options.model, engineOption(options.engine));
  try {
    const steps = stepsOf(model, options.days);
    const { initial, source } = await startOf(model, options, signal);
    const sharpness = sharpnessOf(model, options.sharpness);
    const total = members * steps;
    const progress = createProgress(process.stderr, { label: "forecasting", total, unit: "fields", logMs: 120_000 });
    const { unstableSince } = await writeForecast(model, {
      ...{ path: out, initial, steps, members, firstMember, seed, sharpness, signal },
      attributes: { initial_state: source },
      onProgress: (done) => progress.update(done),
    }).finally(() => progress.close());
    const start = new Date(initial.time).toISOString();
    const { hash: modelHash, engine, networkEvaluations } = model;
    const chosen = { initial: source, start, steps, firstMember, members, sharpness: sharpness.join(",") };
    await receiptOf(out, { modelHash, seed, engine, networkEvaluations, options: chosen, began }, invocation);
    const wallTimeMs = Math.round(performance.now() - began);
    const unstable = unstableSince.filter((step) => step > 0).length;
    if (options.json) {
      const facts = { file: out, model: options.model, modelHash, engine, seed, initial: source, start, steps };
      const rest = { firstMember, members, unstableSince: Array.from(unstableSince), networkEvaluations, wallTimeMs };
      return printJson({ ...facts, ...rest });
    }
    const hours = steps * model.config.stepHours;
    print(
      `${members} members to ${hours} hours from ${start} (${source}) on ${engine}, in ${formatSeconds(wallTimeMs)}: ${out}`,
      ...(unstable === 0 ? [] : [`${unstable} of them left what the climate allows: see unstable_since in the file`]),
      `Try: npx nextscale weather plot ${quoteForShell(out)} --out pictures/`,
    );
  } finally {
    await model.close();
  }
}

function stepsOf({ config: { stepHours } }: ForecastModel, days: number): number {
  const steps = (24 * days) / stepHours;
  if (Number.isInteger(steps) && steps >= 1) return steps;
  throw invalid(`--days of whole steps of ${stepHours} hours`, `${days}`);
}

/** One number is for all scales. */
function sharpnessOf({ config }: ForecastModel, given: readonly number[] | undefined): readonly number[] {
  if (given === undefined) return config.sharpness;
  const scales = config.sharpness.length;
  if (given.length === scales) return given;
  if (given.length === 1) return new Array<number>(scales).fill(given[0]!);
  throw invalid(`--sharpness with one number, or one for each of ${scales} scales`, given.join(","));
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "weather forecast", expected, got });
}
