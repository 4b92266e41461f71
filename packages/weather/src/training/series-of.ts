import { NextscaleError } from "@nextscale/engine";
import { sha256, untilSignalsAreSeen } from "@nextscale/refinement-core";
import type { Years } from "../config/analysis-sets.js";
import { openAnalyses } from "../data/analyses.js";
import { MOST_ELEMENTS, type Dataset } from "../data/dataset.js";
import { channelsLast } from "../model/channel-order.js";
import { HOUR, type FieldLayout } from "../verification/case.js";
import type { FieldSeries } from "./field-series.js";

/** How a series is taken from a data set. */
export interface SeriesOfOptions {
  /** What the series is called in models and reports: the file's name. */
  readonly name: string;
  /** As `openAnalyses`: channels, all that are there unless told, and a grid, which may be a part of the data's. */
  readonly layout?: Partial<FieldLayout>;
  /** Hours between successive fields, a multiple of the data's; the data's own unless told. */
  readonly stepHours?: number;
  /** First and last year, both whole, UTC; all times unless told. */
  readonly years?: Years;
  readonly signal?: AbortSignal;
  /** Called with the times that have been read. */
  readonly onProgress?: (done: number, total: number) => void;
}

const WHERE = "weather/seriesOf";

/** Numbers that are read at a time: 16 MiB. */
const BLOCK_ELEMENTS = 2 ** 22;

/**
 * Reads a data set into memory as a series: for training, as truth, or to start from. Its hash is that of the numbers read.
 *
 * @throws NextscaleError as `openAnalyses`; `missing-data` for fewer than two times, `invalid-data` for times at irregular steps,
 *   `invalid-argument` for a step that is no multiple of the data's, or more than 2 GiB; AbortError when the signal aborts
 */
export async function seriesOf(dataset: Dataset, options: SeriesOfOptions): Promise<FieldSeries> {
  const { name, years, signal, onProgress } = options;
  const analyses = await openAnalyses(dataset, options.layout);
  const { layout } = analyses;
  const { stepHours, indices } = regularSteps(analyses.times, within(analyses.times, years), options.stepHours);
  const size = layout.channels.length * layout.grid.latitudes.length * layout.grid.longitudes.length;
  if (indices.length * size > MOST_ELEMENTS) {
    throw refused("invalid-argument", `at most ${MOST_ELEMENTS} numbers`, `${indices.length} times of ${size} numbers`, "take fewer years or channels"); // prettier-ignore
  }
  const fields = new Float32Array(indices.length * size);
  const blockTimes = Math.max(1, Math.floor(BLOCK_ELEMENTS / size));
  for (let at = 0; at < indices.length;) {
    await untilSignalsAreSeen();
    signal?.throwIfAborted();
    const first = indices[at]!;
    const count = Math.min(blockTimes, analyses.times.length - first);
    const block = await analyses.read(first, count);
    for (; at < indices.length && indices[at]! < first + count; at++) {
      const from = (indices[at]! - first) * size;
      fields.set(channelsLast(block.subarray(from, from + size), layout.channels.length), at * size);
    }
    onProgress?.(at, indices.length);
  }
  return {
    name,
    hash: await sha256(new Uint8Array(fields.buffer)),
    layout,
    stepHours,
    times: Float64Array.from(indices, (index) => analyses.times[index]!),
    fields,
    statics: new Float32Array(0),
  };
}

/** Positions of the times of some years. */
function within(times: Float64Array, years: Years | undefined): readonly number[] {
  const [first, last] = years ?? [-Infinity, Infinity];
  return Array.from(times.keys()).filter((i) => {
    const year = new Date(times[i]!).getUTCFullYear();
    return year >= first && year <= last;
  });
}

/** The times, of those at some positions, that lie whole steps after the first. Where some are missing the series has a gap. */
function regularSteps(
  all: Float64Array,
  positions: readonly number[],
  wanted?: number,
): { readonly stepHours: number; readonly indices: number[] } {
  const times = Float64Array.from(positions, (position) => all[position]!);
  if (times.length < 2)
    throw refused("missing-data", "at least two times", `${times.length}`, "choose a longer series");
  const own = times.reduce((least, time, i) => (i === 0 ? least : Math.min(least, time - times[i - 1]!)), Infinity);
  const odd = times.findIndex((time) => (time - times[0]!) % own !== 0);
  if (odd >= 0) {
    const [before, after] = [times[odd - 1]!, times[odd]!].map((time) => new Date(time).toISOString());
    throw refused("invalid-data", `times at steps of ${own / HOUR} hours`, `${before}, ${after}`, "interpolate to regular times"); // prettier-ignore
  }
  const step = wanted === undefined ? own : wanted * HOUR;
  if (!(step > 0 && step % own === 0)) {
    throw refused("invalid-argument", `a multiple of the data's step of ${own / HOUR} hours`, `${wanted} hours`, "choose data at shorter steps"); // prettier-ignore
  }
  const indices = positions.filter((_, i) => (times[i]! - times[0]!) % step === 0);
  return { stepHours: step / HOUR, indices };
}

function refused(
  code: "missing-data" | "invalid-data" | "invalid-argument",
  expected: string,
  got: string,
  fix: string,
) {
  return new NextscaleError({ code, where: WHERE, expected, got, fix });
}
