import { createProgress } from "@nextscale/refinement-core";
import { writeSimulation } from "@nextscale/weather/node";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson } from "../output.js";
import { receiptOf } from "../outputs.js";
import { NO_ENGINE } from "../versions.js";
import { requireDatasetOutput } from "../weather/dataset-output.js";

/** Options of `nextscale weather simulate`. */
export interface SimulateWeatherOptions {
  readonly years?: number;
  readonly days?: number;
  readonly seed: number;
  readonly step: number;
  readonly spinUp: number;
  readonly out: string;
  readonly json?: boolean;
}

/** Days in a year of the simulator's seasons. */
const YEAR = 365.2425;

/** Runs the simulator into a file. */
export async function simulateWeather(options: SimulateWeatherOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { seed, step: stepHours, spinUp: spinUpDays, out } = options;
  const days = options.days ?? (options.years ?? 1) * YEAR;
  await requireDatasetOutput(out);
  const total = Math.floor((24 * days) / stepHours) + 1;
  const progress = createProgress(process.stderr, { label: "simulating", total, unit: "times", logMs: 120_000 });
  const times = await writeSimulation({
    ...{ path: out, seed, days, stepHours, spinUpDays, signal: invocation.signal },
    onProgress: (done) => progress.update(done),
  }).finally(() => progress.close());
  const facts = { seed, engine: NO_ENGINE, networkEvaluations: 0, options: { days, stepHours, spinUpDays }, began };
  await receiptOf(out, facts, invocation);
  const wallTimeMs = Math.round(performance.now() - began);
  if (options.json) return printJson({ file: out, times, stepHours, days, seed, wallTimeMs });
  print(`Simulated ${times} times, every ${stepHours} hours, in ${formatSeconds(wallTimeMs)}: ${out}`);
}
