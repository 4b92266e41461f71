import { sha256, untilSignalsAreSeen } from "@nextscale/refinement-core";
import { channelsLast } from "../model/channel-order.js";
import { SIMULATOR_CHANNELS } from "../simulator/outputs.js";
import { quasiGeostrophicModel, YEAR } from "../simulator/quasi-geostrophic.js";
import { simulatedTime, FIRST_YEAR } from "../simulator/simulated-time.js";
import { simulate, type Snapshot } from "../simulator/simulate.js";
import type { FieldSeries } from "./field-series.js";

/** Runs of the simulator to learn from or to verify against. */
export interface SimulatedSeriesOptions {
  /** A run for each. */
  readonly seeds: readonly number[];
  /** Years of each run. */
  readonly years: number;
  readonly stepHours: number;
  /** Days of each run that are simulated first and not kept. Default 200. */
  readonly spinUpDays?: number;
  /** What the first run's first year is called. Default 2001. */
  readonly firstYear?: number;
  /** Called after every simulated day with the days that are done, of all runs. */
  readonly onProgress?: (days: number, total: number) => void;
  /** Called with every snapshot and the time it gets. */
  readonly onSnapshot?: (time: number, snapshot: Snapshot) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fields of some runs of the simulator, one after the other, years apart.
 *
 * @throws NextscaleError as `simulate`; AbortError when the signal aborts
 */
export async function simulatedSeries(options: SimulatedSeriesOptions): Promise<FieldSeries> {
  const { seeds, years, stepHours, spinUpDays = 200, firstYear = FIRST_YEAR, onProgress, onSnapshot, signal } = options;
  const { grid } = quasiGeostrophicModel().harmonics;
  const channels = SIMULATOR_CHANNELS.length;
  const size = channels * grid.latitudes.length * grid.longitudes.length;
  const days = years * YEAR;
  const perRun = Math.floor((24 * days) / stepHours) + 1;
  const fields = new Float32Array(seeds.length * perRun * size);
  const times = new Float64Array(seeds.length * perRun);
  let at = 0;
  for (const [run, seed] of seeds.entries()) {
    const year = firstYear + run * (Math.ceil(years) + 1);
    for (const snapshot of simulate({ seed, days, hoursBetween: stepHours, spinUpDays })) {
      await untilSignalsAreSeen();
      signal?.throwIfAborted();
      times[at] = simulatedTime(snapshot.hours, year);
      onSnapshot?.(times[at]!, snapshot);
      fields.set(channelsLast(snapshot.fields, channels), at * size);
      at += 1;
      if (snapshot.hours % 24 === 0) onProgress?.(run * days + snapshot.hours / 24, seeds.length * days);
    }
  }
  const bytes = new Uint8Array(fields.buffer);
  return {
    name: `simulator, ${seeds.length} x ${years} years`,
    hash: await sha256(bytes),
    layout: { grid, channels: SIMULATOR_CHANNELS },
    stepHours,
    times,
    fields,
    statics: new Float32Array(0),
  };
}
