import { NextscaleError } from "@nextscale/engine";
import type { Dataset } from "./dataset.js";
import { decodeTimes, isTimeUnits } from "./time.js";

/** The times of a data set. */
export interface DatasetTimes {
  /** Name of the dimension. */
  readonly dimension: string;
  /** Milliseconds since 1970-01-01 UTC, in the order of the file. */
  readonly times: Float64Array;
}

/**
 * The coordinate of time, known by `standard_name`, then by the name `time`, then by its units (CF 1.10, section 4.4).
 *
 * @throws NextscaleError `missing-data` without one; as `decodeTimes`, for a calendar that is not known for example
 */
export async function timesOf(dataset: Dataset): Promise<DatasetTimes> {
  const all = [...dataset.coordinates.values()];
  const found =
    all.find(({ attributes }) => attributes["standard_name"] === "time") ??
    dataset.coordinates.get("time") ??
    all.find(({ attributes: { units } }) => typeof units === "string" && isTimeUnits(units));
  if (found === undefined) {
    throw new NextscaleError({
      code: "missing-data",
      where: "weather/timesOf",
      expected: "a coordinate of time",
      got: `the coordinates ${all.map(({ name }) => name).join(", ") || "(none)"}`,
      fix: 'give the data a dimension time with a variable of that name in units such as "hours since 2000-01-01"',
    });
  }
  const { units, calendar } = found.attributes;
  const times = decodeTimes(
    await found.read(),
    typeof units === "string" ? units : "",
    typeof calendar === "string" ? calendar : undefined,
  );
  // Hours as parts of a day are not exact in binary.
  return { dimension: found.name, times: times.map(Math.round) };
}
