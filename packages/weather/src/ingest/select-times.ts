import { NextscaleError } from "@nextscale/engine";

/** Which times are wanted. */
export interface TimeSelection {
  /** First and last year, both whole, UTC. */
  readonly years: readonly [first: number, last: number];
  /** Hours from one time to the next, counted from the beginning of the first year. */
  readonly stepHours: number;
}

const HOUR = 36e5;

/**
 * The indices of the wanted times among those of a data set. The data may begin later or end earlier than the years; between
 * its first and last time none may be missing.
 *
 * @param times milliseconds since 1970, ascending
 * @throws NextscaleError `invalid-argument` for a selection that is none, `missing-data` for a gap or fewer than two times,
 *   `invalid-data` for times that do not ascend
 */
export function selectTimes(times: Float64Array, { years, stepHours }: TimeSelection): Int32Array {
  const [first, last] = years;
  if (!(Number.isInteger(first) && Number.isInteger(last) && first <= last && first >= 1000 && last <= 9998)) {
    throw refused("invalid-argument", "first and last year, whole numbers", `${first} and ${last}`);
  }
  if (!(Number.isFinite(stepHours) && stepHours > 0)) {
    throw refused("invalid-argument", "a step of more than 0 hours", `${stepHours}`);
  }
  const back = times.findIndex((time, i) => i > 0 && time <= times[i - 1]!);
  if (back !== -1) throw refused("invalid-data", "times that ascend", `${iso(times[back - 1]!)}, ${iso(times[back]!)}`);
  const [from, to] = [Date.UTC(first, 0), Date.UTC(last + 1, 0)];
  const step = stepHours * HOUR;
  const indexOf = new Map(Array.from(times, (time, i) => [time, i]));
  const begin = Math.max(0, Math.ceil(((times[0] ?? Infinity) - from) / step));
  const selected: number[] = [];
  for (let n = begin; from + n * step < to && from + n * step <= times.at(-1)!; n++) {
    const index = indexOf.get(from + n * step);
    if (index === undefined) {
      throw refused("missing-data", `data every ${stepHours} hours`, `none at ${iso(from + n * step)}`);
    }
    selected.push(index);
  }
  if (selected.length >= 2) return Int32Array.from(selected);
  const span = times.length === 0 ? "no times" : `times from ${iso(times[0]!)} to ${iso(times.at(-1)!)}`;
  throw refused("missing-data", `two times every ${stepHours} hours in ${first} to ${last}`, span);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function refused(code: "invalid-argument" | "missing-data" | "invalid-data", expected: string, got: string) {
  const fix = code === "missing-data" ? "choose other years or a longer step" : undefined;
  return new NextscaleError({
    ...{ code, where: "weather/ingest", expected, got },
    ...(fix === undefined ? {} : { fix }),
  });
}
