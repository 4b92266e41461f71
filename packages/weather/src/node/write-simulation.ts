import { untilSignalsAreSeen } from "@nextscale/refinement-core";
import { seriesLayout } from "../data/series-layout.js";
import { SIMULATOR_CHANNELS } from "../simulator/outputs.js";
import { quasiGeostrophicModel } from "../simulator/quasi-geostrophic.js";
import { simulatedTime } from "../simulator/simulated-time.js";
import { simulate } from "../simulator/simulate.js";
import { openDatasetWriter } from "./dataset-file.js";

/** A run of the simulator to write. */
export interface WriteSimulationOptions {
  /** Name of the file, which tells its format: see `openDatasetWriter`. */
  readonly path: string;
  readonly seed: number;
  readonly days: number;
  /** Hours between fields, an integer. */
  readonly stepHours: number;
  /** Days that are simulated first and not written. Default 200. */
  readonly spinUpDays?: number;
  readonly signal?: AbortSignal;
  /** Called with the times that are written. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Runs the simulator into a file, field by field, so that memory does not grow with its length. The first time is 2001-01-15.
 *
 * @returns the number of times
 * @throws NextscaleError as `simulate` and `openDatasetWriter`; AbortError when the signal aborts; then nothing is left
 */
export async function writeSimulation(options: WriteSimulationOptions): Promise<number> {
  const { path, seed, days, stepHours, spinUpDays, signal, onProgress } = options;
  const run = simulate({ seed, days, hoursBetween: stepHours, ...(spinUpDays === undefined ? {} : { spinUpDays }) });
  const { grid } = quasiGeostrophicModel().harmonics;
  const count = Math.floor((24 * days) / stepHours) + 1;
  const times = Float64Array.from({ length: count }, (_, i) => simulatedTime(i * stepHours));
  const attributes = {
    title: "Simulated weather",
    source: "three-level quasi-geostrophic model at T21 (@nextscale/weather)",
    seed: [seed],
  };
  const writer = await openDatasetWriter(path, seriesLayout({ grid, channels: SIMULATOR_CHANNELS }, times, attributes));
  const cells = grid.latitudes.length * grid.longitudes.length;
  try {
    let time = 0;
    for (const { fields } of run) {
      await untilSignalsAreSeen();
      signal?.throwIfAborted();
      for (const [c, name] of SIMULATOR_CHANNELS.entries()) {
        await writer.write(name, { time }, fields.subarray(c * cells, (c + 1) * cells));
      }
      time += 1;
      onProgress?.(time, count);
    }
    await writer.finish();
    return count;
  } finally {
    await writer.abandon();
  }
}
