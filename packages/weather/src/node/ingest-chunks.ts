import { NextscaleError } from "@nextscale/engine";
import type { Attributes } from "../data/dataset.js";
import { longitudeFirst } from "../data/longitude-first.js";
import { readFields } from "../data/grid-of.js";
import { channelAccumulator, type ChannelStatistics } from "../ingest/channel-statistics.js";
import type { Regridding } from "../ingest/conservative-regridding.js";
import type { IngestPlan, PlannedVariable } from "../ingest/plan-ingest.js";
import type { IngestFolder } from "./ingest-folder.js";

/** Names of the attributes that hold the statistics of a variable, one number a level. */
export const STATISTICS: Readonly<Record<keyof ChannelStatistics, string>> = {
  mean: "mean",
  standardDeviation: "standard_deviation",
  differenceStandardDeviation: "difference_standard_deviation",
  missing: "missing_share",
};

/** Number of chunks along time. */
export function blocksOf({ times, chunkTimes }: IngestPlan): number {
  return Math.ceil(times.length / chunkTimes);
}

/**
 * Writes the chunks of a variable, one a level, that a block of times still lacks.
 *
 * @param count told of each chunk that is there
 */
export async function ingestBlock(
  folder: IngestFolder,
  { placement, grid, times, chunkTimes }: IngestPlan,
  regrid: Regridding,
  variable: PlannedVariable,
  block: number,
  count: (more: number) => void,
): Promise<void> {
  const cells = grid.latitudes.length * grid.longitudes.length;
  const absent: { readonly key: string; readonly from: number; readonly chunk: Float32Array }[] = [];
  for (const { from, to } of variable.levels) {
    const key = chunkKey(variable, block, to);
    if (await folder.has(key)) count(1);
    // A chunk at the end is stored whole.
    else absent.push({ key, from, chunk: new Float32Array(chunkTimes * cells).fill(NaN) });
  }
  const hasLevels = variable.source.dimensions.includes("level");
  // One time after the other, all levels of each: a source keeps them together.
  for (const [slot, time] of times.subarray(block * chunkTimes, (block + 1) * chunkTimes).entries()) {
    for (const { from, chunk } of absent) {
      const slice = hasLevels ? { time, level: from } : { time };
      const { values } = await readFields(variable.source, placement, slice);
      chunk.set(longitudeFirst(regrid(values), grid.latitudes.length, grid.longitudes.length), slot * cells);
    }
  }
  for (const { key, chunk } of absent) {
    await folder.write(key, chunk);
    count(1);
  }
}

/**
 * The statistics of a variable, whose chunks are all there, as attributes.
 *
 * @throws NextscaleError `invalid-data` for a level without any value
 */
export async function statisticsOf(
  folder: IngestFolder,
  plan: IngestPlan,
  variable: PlannedVariable,
): Promise<Attributes> {
  const { grid, times, chunkTimes } = plan;
  const columns = grid.longitudes.length;
  const weights = longitudeFirst(
    Float64Array.from(
      { length: grid.latitudes.length * columns },
      (_, i) => grid.areaWeights[Math.floor(i / columns)]!,
    ),
    grid.latitudes.length,
    columns,
  );
  const levels: ChannelStatistics[] = [];
  for (const { value, to } of variable.levels) {
    const channel = channelAccumulator(weights);
    for (let block = 0; block < blocksOf(plan); block++) {
      const chunk = await folder.read(chunkKey(variable, block, to));
      const fields = Math.min(chunkTimes, times.length - block * chunkTimes);
      for (let i = 0; i < fields; i++) channel.add(chunk.subarray(i * weights.length, (i + 1) * weights.length));
    }
    const statistics = channel.statistics();
    if (Object.values(statistics).some(Number.isNaN)) throw withoutValues(variable.name, value);
    levels.push(statistics);
  }
  return Object.fromEntries(
    Object.entries(STATISTICS).map(([what, name]) => [name, levels.map((one) => one[what as keyof ChannelStatistics])]),
  );
}

/** Where a chunk lies in the store. */
function chunkKey({ name, source }: PlannedVariable, block: number, level: number): string {
  return `${name}/${source.dimensions.includes("level") ? `${block}.${level}` : block}.0.0`;
}

function withoutValues(variable: string, level: number | undefined): NextscaleError {
  return new NextscaleError({
    code: "invalid-data",
    where: "weather/ingest",
    expected: `values of ${variable}${level === undefined ? "" : ` at ${level}`} on the grid, at two times running`,
    got: "none",
    fix: "leave this channel out",
  });
}
