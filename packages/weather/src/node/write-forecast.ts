import { extname } from "node:path";
import { concatenate } from "@nextscale/refinement-core";
import { forecastVariable } from "../data/channel-names.js";
import type { Attributes } from "../data/dataset.js";
import type { DatasetDefinition, VariableDefinition } from "../data/definition.js";
import { cfEnsembleLayout, weatherBenchLayout, type ForecastDescription } from "../data/forecast-layout.js";
import type { FieldLayout } from "../verification/case.js";
import type { ForecastModel, ForecastRequest } from "../model/forecast-model.js";
import { longitudeFirst } from "../data/longitude-first.js";
import { openDatasetWriter } from "./dataset-file.js";
import type { DatasetWriter } from "./dataset-writer.js";

/** A forecast to write. */
export interface WriteForecastOptions extends ForecastRequest {
  /** Name of the file: `.nc` and `.nc4` are CF, `.zarr` is laid out as WeatherBench 2 has its ensembles. */
  readonly path: string;
  readonly members: number;
  /** Global attributes besides those of model and seed. */
  readonly attributes?: Attributes;
  /** Called with the fields that are written, of all members and leads. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What was written. */
export interface WrittenForecast {
  /** For each member the first step at which it left what the climate allows, 0 for none. */
  readonly unstableSince: Int32Array;
}

/** Members that are forecast together: enough to keep the processor busy. */
const MEMBERS_TOGETHER = 32;

/** Name of the variable of stability flags. */
const UNSTABLE = "unstable_since";

/**
 * Forecasts into a file, some members after the others, step by step, so that memory depends neither on the number of members nor on
 * the length. Seed, hash of the model and sharpness are attributes; the variable `unstable_since` holds the flags of the members.
 *
 * @throws NextscaleError as `ForecastModel.forecast` and `openDatasetWriter`; then nothing is left
 */
export async function writeForecast(model: ForecastModel, options: WriteForecastOptions): Promise<WrittenForecast> {
  const { path, attributes, onProgress, members, firstMember = 0, ...request } = options;
  const { layout, config } = model;
  const { seed = 0, sharpness = config.sharpness, steps, initial } = request;
  const definition = layoutFor(path, {
    grid: layout.grid,
    variables: layout.channels.map(forecastVariable),
    members,
    firstMember,
    leadHours: Array.from({ length: steps }, (_, i) => (i + 1) * config.stepHours),
    start: new Date(initial.time),
    attributes: {
      title: "Ensemble forecast",
      source: "@nextscale/weather",
      model_sha256: model.hash,
      seed: [Number(seed)],
      sharpness: typeof sharpness === "number" ? [sharpness] : sharpness,
      ...attributes,
    },
  });
  const unstableSince = new Int32Array(members);
  const writer = await openDatasetWriter(path, definition);
  try {
    for (let first = 0; first < members; first += MEMBERS_TOGETHER) {
      const count = Math.min(MEMBERS_TOGETHER, members - first);
      const part = { ...request, members: count, firstMember: firstMember + first };
      for await (const step of model.forecast(part)) {
        await writeStep(writer, path, layout, { first, count, lead: step.step - 1, fields: step.fields });
        unstableSince.set(step.unstableSince, first);
        onProgress?.(first * steps + step.step * count, members * steps);
      }
    }
    await writer.write(UNSTABLE, {}, unstableSince);
    await writer.finish();
    return { unstableSince };
  } finally {
    await writer.abandon();
  }
}

function isZarr(path: string): boolean {
  return extname(path).toLowerCase() === ".zarr";
}

function layoutFor(path: string, forecast: ForecastDescription): DatasetDefinition {
  const definition = isZarr(path) ? weatherBenchLayout(forecast) : cfEnsembleLayout(forecast);
  const flags: VariableDefinition = {
    ...{ name: UNSTABLE, type: "int", dimensions: [isZarr(path) ? "number" : "realization"] },
    attributes: { long_name: "first step at which the member left what the climate allows, 0 for none" },
  };
  return { ...definition, variables: [...definition.variables, flags] };
}

/** Fields [member][channel][latitude][longitude] of a lead, to their places. */
async function writeStep(
  writer: DatasetWriter,
  path: string,
  { grid, channels }: FieldLayout,
  { first, count, lead, fields }: { first: number; count: number; lead: number; fields: Float32Array },
): Promise<void> {
  const [rows, columns] = [grid.latitudes.length, grid.longitudes.length];
  const cells = rows * columns;
  for (const [c, name] of channels.entries()) {
    const of = (m: number) => fields.subarray((m * channels.length + c) * cells, (m * channels.length + c + 1) * cells);
    const members = Array.from({ length: count }, (_, m) => of(m));
    const range = [first, first + count] as const;
    if (isZarr(path)) {
      const values = concatenate(members.map((field) => longitudeFirst(field, rows, columns)));
      await writer.write(name, { number: range, prediction_timedelta: lead }, values);
    } else {
      await writer.write(name, { realization: range, lead_time: lead }, concatenate(members));
    }
  }
}
