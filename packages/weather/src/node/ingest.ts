import { NextscaleError } from "@nextscale/engine";
import { exclusively } from "@nextscale/engine/node";
import { variableOf, type Attributes, type Dataset } from "../data/dataset.js";
import type { DatasetDefinition } from "../data/definition.js";
import { httpFiles, isAddress, type HttpOptions } from "../data/http-files.js";
import { readZarr, type ZarrFiles } from "../data/zarr-read.js";
import type { ChannelStatistics } from "../ingest/channel-statistics.js";
import { conservativeRegridding } from "../ingest/conservative-regridding.js";
import { planIngest, type IngestPlan, type IngestRequest } from "../ingest/plan-ingest.js";
import { blocksOf, ingestBlock, STATISTICS, statisticsOf } from "./ingest-chunks.js";
import { openIngestFolder } from "./ingest-folder.js";
import { readZarrFolder, zarrFolder } from "./zarr-folder.js";

/** What {@link ingest} takes, and where to. */
export interface IngestOptions extends IngestRequest {
  /** A Zarr store: a folder, or an address of http, https or gs. */
  readonly source: string;
  /** Folder of the new store. It appears when it is complete. */
  readonly target: string;
  /** How hard a server is asked. */
  readonly http?: Omit<HttpOptions, "signal">;
  /** Stops; the same call goes on later. */
  readonly signal?: AbortSignal;
  /** Called with the chunks that are done, those of earlier runs too, and their number. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A channel of an ingested store: a variable at a level, or one without levels. */
export interface IngestedChannel extends ChannelStatistics {
  readonly variable: string;
  readonly level?: number;
}

/** What {@link ingest} made. */
export interface IngestReport {
  readonly channels: readonly IngestedChannel[];
  /** Number of times. */
  readonly times: number;
}

const WHERE = "weather/ingest";

/** Variables and blocks of times at work at the same time: a server's answers are waited for together. */
const WORKERS = 4;

/** Room for the chunks that the workers are at: those of the largest stores of WeatherBench 2 have 54 MB. */
const CACHE_BYTES = 2 ** 28;

/**
 * Takes weather from a Zarr store laid out as those of WeatherBench 2 into a store of its own: variables, levels, years and a
 * step, regridded conservatively (see `conservativeRegridding`), with the statistics of each channel. Dimensions of the source
 * are known by name, in any order; latitudes may descend, longitudes may be counted from -180.
 *
 * The result has the dimensions (time, level, longitude, latitude), float32 with NaN for no value, and the statistics by level
 * as attributes of the variables. An interrupted or killed run is taken up by the same call, which does not redo finished
 * chunks; the bytes are those of a run without interruption.
 *
 * @throws NextscaleError `missing-data` when the source, or part of it, is not there, a chunk too; `invalid-argument`;
 *   `invalid-file` and `invalid-data` for a damaged source, a channel without any value, or a target made of something else;
 *   `interrupted` (run it again to go on); `unwritable`, also when another process is at it
 */
export async function ingest(options: IngestOptions): Promise<IngestReport> {
  return exclusively(options.target, WHERE, () => ingestAlone(options));
}

async function ingestAlone(options: IngestOptions): Promise<IngestReport> {
  const { signal } = options;
  const failure = new AbortController();
  const either = signal === undefined ? failure.signal : AbortSignal.any([signal, failure.signal]);
  const plan = await planIngest(await openSource(options, either), options);
  const definition = withIdentity(plan.definition, options);
  const folder = await openIngestFolder(options.target, definition);
  if (folder !== "finished") {
    const regrid = conservativeRegridding(plan.placement.grid, plan.grid);
    const pieces = plan.variables.flatMap((variable) =>
      Array.from({ length: blocksOf(plan) }, (_, block) => ({ variable, block })),
    );
    const total = pieces.reduce((sum, { variable }) => sum + variable.levels.length, 0);
    let done = 0;
    const count = (more: number) => options.onProgress?.((done += more), total);
    count(0);
    await inParallel(pieces, failure, async ({ variable, block }) => {
      if (either.aborted) throw interrupted(options.target);
      await ingestBlock(folder, plan, regrid, variable, block, count);
    });
    const statistics = new Map<string, Attributes>();
    for (const variable of plan.variables) {
      if (either.aborted) throw interrupted(options.target);
      statistics.set(variable.name, await statisticsOf(folder, plan, variable));
    }
    await folder.finish({
      ...definition,
      variables: definition.variables.map((one) => ({
        ...one,
        attributes: { ...one.attributes, ...statistics.get(one.name) },
      })),
    });
  }
  return reportOf(await readZarrFolder(options.target), plan);
}

async function openSource({ source, http }: IngestOptions, signal: AbortSignal): Promise<Dataset> {
  const isRemote = isAddress(source);
  const { files, names } = isRemote
    ? { files: httpFiles(source, { ...http, signal }), names: undefined }
    : await zarrFolder(source);
  return readZarr(withEveryChunk(files, source), {
    ...{ store: source, cacheBytes: CACHE_BYTES },
    ...(names === undefined ? {} : { names }),
  });
}

/** In an incomplete copy Zarr sees missing values where chunks are missing; nobody wants to learn from those. */
function withEveryChunk(files: ZarrFiles, source: string): ZarrFiles {
  return {
    async get(path) {
      const found = await files.get(path);
      if (found !== undefined || /\/(\.z(array|attrs|group|metadata)|zarr\.json)$/.test(path)) return found;
      throw new NextscaleError({
        code: "missing-data",
        where: WHERE,
        expected: `the chunk ${path.slice(1)} of ${source}`,
        got: "no such file",
        fix: "complete the source, or choose years that are there",
      });
    },
  };
}

/** What the result is made of, in its attributes: another run must be of the same to go on. */
function withIdentity(definition: DatasetDefinition, { source, grid }: IngestOptions): DatasetDefinition {
  const [time, ...others] = definition.variables;
  const made = {
    times: [time!.values![0], time!.values![definition.dimensions["time"]! - 1], definition.dimensions["time"]],
    variables: others
      .filter(({ values }) => values === undefined)
      .map(({ name, attributes }) => [name, attributes["levels"]]),
    grid: [grid.kind, Array.from(grid.latitudes), Array.from(grid.longitudes)],
  };
  return {
    ...definition,
    attributes: { ...definition.attributes, source, ingested: JSON.stringify(made) },
  };
}

/** What the finished store says of itself. */
function reportOf(store: Dataset, { variables, times }: IngestPlan): IngestReport {
  const channels = variables.flatMap(({ name, levels }) => {
    const { attributes } = variableOf(store, name);
    return levels.map(({ value }, i): IngestedChannel => {
      const of = (what: keyof ChannelStatistics) => Number(attributes[STATISTICS[what]]?.[i]);
      return {
        variable: name,
        ...(value === undefined ? {} : { level: value }),
        mean: of("mean"),
        standardDeviation: of("standardDeviation"),
        differenceStandardDeviation: of("differenceStandardDeviation"),
        missing: of("missing"),
      };
    });
  });
  return { channels, times: times.length };
}

/**
 * Does work for each item, some at the same time. After a failure nothing more is begun, `failure` tells those at work to stop,
 * and when all have, the first failure is thrown.
 */
async function inParallel<T>(
  items: readonly T[],
  failure: AbortController,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => {
        failures.push(error);
        failure.abort();
      });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  if (failures.length > 0) throw failures[0];
}

function interrupted(target: string): NextscaleError {
  return new NextscaleError({
    code: "interrupted",
    where: WHERE,
    expected: `time to complete ${target}`,
    got: "an interruption",
    fix: "run it again to go on",
  });
}
