import { NextscaleError } from "@nextscale/engine";
import { openAnalyses } from "../data/analyses.js";
import type { Dataset } from "../data/dataset.js";
import { HOUR } from "../verification/case.js";
import { hourOfDay } from "../verification/climatology.js";
import type { ForecastModel, InitialState } from "./forecast-model.js";
import { requireState } from "./requirements.js";

/**
 * The two analyses that a model's forecast starts from, out of a data set with the model's channels on its grid.
 *
 * @param time of the start, milliseconds since 1970-01-01 UTC; the last at an hour of the day that the model
 *   knows, with a predecessor, unless told
 * @throws NextscaleError as `openAnalyses`; `missing-data` without the two times, `invalid-data` for masked cells
 */
export async function initialStateOf(
  dataset: Dataset,
  { layout, config }: Pick<ForecastModel, "layout" | "config">,
  time?: number,
): Promise<InitialState> {
  const { times, read } = await openAnalyses(dataset, layout);
  const step = config.stepHours * HOUR;
  const at = new Map(Array.from(times, (value, i) => [value, i]));
  const isKnown = (value: number) => config.hours.includes(hourOfDay(value));
  const start = time ?? times.findLast((value) => at.has(value - step) && isKnown(value) && isKnown(value - step));
  const [previous, current] = start === undefined ? [] : [at.get(start - step), at.get(start)];
  if (start === undefined || previous === undefined || current === undefined) {
    const wanted = start === undefined ? "" : ` at ${iso(start - step)} and ${iso(start)}`;
    throw new NextscaleError({
      code: "missing-data",
      where: "weather/initialStateOf",
      expected: `two analyses ${config.stepHours} hours apart${wanted}`,
      got: times.length === 0 ? "no times" : `${times.length} times from ${iso(times[0]!)} to ${iso(times.at(-1)!)}`,
      fix: "choose another time or file",
    });
  }
  const state = { time: start, previous: await read(previous), current: await read(current) };
  requireState(state, layout);
  return state;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
