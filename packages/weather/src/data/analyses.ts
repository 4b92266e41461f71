import { NextscaleError } from "@nextscale/engine";
import type { Grid } from "../grid/grid.js";
import type { FieldLayout } from "../verification/case.js";
import type { Dataset } from "./dataset.js";
import { findChannels, requireChannels } from "./find-channels.js";
import { gridOf, readFields, type GridPlacement } from "./grid-of.js";
import { isSameGrid, partOfGrid } from "./part-of-grid.js";
import { timesOf } from "./times-of.js";

/** The fields of a data set by time, read when they are asked for. */
export interface Analyses {
  readonly layout: FieldLayout;
  /** Milliseconds since 1970-01-01 UTC, ascending. */
  readonly times: Float64Array;
  /** Fields of successive times, [time][channel][latitude][longitude], in the channels' units, NaN where there is no value. */
  read(first: number, count?: number): Promise<Float32Array>;
}

const WHERE = "weather/openAnalyses";

/**
 * Finds the fields of a data set that has a dimension of time: variables named as channels, such as `z500`, or as in WeatherBench
 * 2, with a dimension of levels. Latitudes may descend, longitudes be counted from 0 or from -180.
 *
 * @param wanted channels that the data must have, and the grid that it must have or that must be a part of its own; without
 *   them all that is there
 * @throws NextscaleError `missing-data` for a channel, coordinate or time that is not there, naming what is; `invalid-data` for
 *   another grid, other units, an unknown calendar, or times that do not ascend; as `gridOf`
 */
export async function openAnalyses(dataset: Dataset, wanted: Partial<FieldLayout> = {}): Promise<Analyses> {
  const { dimension, times } = await timesOf(dataset);
  const placement = placementOn(await gridOf(dataset), wanted.grid);
  const found = await findChannels(dataset, placement, [dimension]);
  const channels = wanted.channels ?? [...found.keys()];
  if (channels.length === 0) {
    throw new NextscaleError({
      code: "missing-data",
      where: WHERE,
      expected: `variables with the dimensions ${dimension}, ${placement.latitude} and ${placement.longitude}`,
      got: [...dataset.variables.values()]
        .map(({ name, dimensions }) => `${name}(${dimensions.join(", ")})`)
        .join(", "),
    });
  }
  const sources = requireChannels(WHERE, found, channels);
  requireAscending(times);
  const { grid } = placement;
  const cells = grid.latitudes.length * grid.longitudes.length;
  return {
    layout: { grid, channels },
    times,
    async read(first, count = 1) {
      const fields = new Float32Array(count * channels.length * cells);
      for (const [c, { variable, slice }] of sources.entries()) {
        const part = { ...slice, [dimension]: [first, first + count] as const };
        const { values } = await readFields(variable, placement, part, [dimension, ...Object.keys(slice)]);
        for (let t = 0; t < count; t++) {
          fields.set(values.subarray(t * cells, (t + 1) * cells), (t * channels.length + c) * cells);
        }
      }
      return fields;
    },
  };
}

/** The whole grid of a file, or the wanted part. @throws NextscaleError `invalid-data` where it has no such part */
function placementOn(placement: GridPlacement, wanted: Grid | undefined): GridPlacement {
  if (wanted === undefined) return placement;
  const part = partOfGrid(placement, wanted);
  if (part === undefined) throw otherGrid(WHERE, placement.grid, wanted);
  return part;
}

/** @throws NextscaleError `invalid-data` when two grids have other points */
export function requireGrid(where: string, found: Grid, expected: Grid): void {
  if (!isSameGrid(found, expected)) throw otherGrid(where, found, expected);
}

function otherGrid(where: string, found: Grid, expected: Grid): NextscaleError {
  return new NextscaleError({
    code: "invalid-data",
    where,
    expected: describe(expected),
    got: describe(found),
    fix: "regrid the data, with nextscale weather ingest for example",
  });
}

function describe({ kind, latitudes, longitudes }: Grid): string {
  const range = (values: Float64Array) => `${values[0]!.toFixed(2)} to ${values.at(-1)!.toFixed(2)}`;
  const size = `${longitudes.length} x ${latitudes.length}`;
  return `the grid of ${size} points (${kind}), longitudes ${range(longitudes)}, latitudes ${range(latitudes)}`;
}

function requireAscending(times: Float64Array): void {
  const back = times.findIndex((time, i) => i > 0 && !(time > times[i - 1]!));
  if (back < 0) return;
  const [before, after] = [times[back - 1]!, times[back]!].map((time) => new Date(time).toISOString());
  throw new NextscaleError({
    code: "invalid-data",
    where: WHERE,
    expected: "times that ascend",
    got: `${after} after ${before}`,
    fix: "sort the data by time, each time once",
  });
}
