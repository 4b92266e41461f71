import { NextscaleError } from "@nextscale/engine";
import { createProgress, type Progress } from "@nextscale/refinement-core";
import { equiangularGrid, gaussianGrid, variableOf, type Dataset, type IngestVariable } from "@nextscale/weather";
import { ingest, openDataset } from "@nextscale/weather/node";
import type { Invocation } from "../invocation.js";
import type { GridSize } from "../options.js";
import { formatSeconds, formatTable, print, printJson } from "../output.js";
import { receiptOf, requireWritable } from "../outputs.js";
import { NO_ENGINE } from "../versions.js";

/** Options of `nextscale weather ingest`. */
export interface IngestWeatherOptions {
  readonly variables: readonly string[];
  readonly levels?: readonly number[];
  readonly years: readonly [first: number, last: number];
  readonly grid: GridSize;
  readonly step: number;
  readonly out: string;
  readonly json?: boolean;
}

/** Takes a part of a store of weather, on a grid of its own. */
export async function ingestWeather(
  source: string,
  options: IngestWeatherOptions,
  invocation: Invocation,
): Promise<void> {
  const began = performance.now();
  const { out, years, step: stepHours } = options;
  const { columns, rows, kind } = options.grid;
  const { signal } = invocation;
  if (!/\.zarr\/?$/i.test(out)) throw invalid("--out with a name that ends in .zarr", out);
  await requireWritable(out);
  const variables = wanted(await openDataset(source, { signal }), options);
  const grid = kind === "gaussian" ? gaussianGrid(rows, columns) : equiangularGrid(rows, columns);
  let line: Progress | undefined;
  const report = await ingest({
    ...{ source, target: out, variables, years, stepHours, grid, signal },
    onProgress(done, total) {
      line ??= createProgress(process.stderr, {
        label: "ingesting",
        total,
        start: done,
        unit: "chunks",
        logMs: 120_000,
      });
      line.update(done);
    },
  }).finally(() => line?.close());
  const chosen = { source, years: years.join("-"), stepHours, grid: `${kind} ${columns}x${rows}` };
  await receiptOf(out, { engine: NO_ENGINE, networkEvaluations: 0, options: chosen, began }, invocation);
  const wallTimeMs = Math.round(performance.now() - began);
  if (options.json) return printJson({ store: out, ...report, wallTimeMs });
  const figure = (value: number) => Number(value.toPrecision(5)).toString();
  print(
    `${report.times} times every ${stepHours} hours on ${columns} x ${rows} points, in ${formatSeconds(wallTimeMs)}: ${out}`,
    formatTable([
      ["channel", "mean", "deviation", "deviation of changes"],
      ...report.channels.map(({ variable, level, mean, standardDeviation, differenceStandardDeviation }) => [
        level === undefined ? variable : `${variable} ${level}`,
        ...[mean, standardDeviation, differenceStandardDeviation].map(figure),
      ]),
    ]),
  );
}

/** Levels are for the variables that have some. */
function wanted(dataset: Dataset, { variables, levels }: IngestWeatherOptions): IngestVariable[] {
  return variables.map((name) => {
    const hasLevels = variableOf(dataset, name).dimensions.includes("level");
    return { name, ...(hasLevels && levels !== undefined ? { levels } : {}) };
  });
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "weather ingest", expected, got });
}
