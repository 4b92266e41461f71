import { NextscaleError } from "@nextscale/engine";

/** Calendars that {@link decodeTimes} knows (CF 1.10, section 4.4.1). */
export type Calendar = "standard" | "gregorian" | "proleptic_gregorian" | "noleap";

/** Milliseconds of a unit. A CF month or year is no whole number of days, so neither is accepted. */
const UNITS: ReadonlyMap<string, number> = new Map(
  (
    [
      [1, ["millisecond", "msec", "ms"]],
      [1e3, ["second", "sec", "s"]],
      [6e4, ["minute", "min"]],
      [36e5, ["hour", "hr", "h"]],
      [864e5, ["day", "d"]],
    ] as const
  ).flatMap(([length, names]) => names.flatMap((name) => [[name, length] as const, [`${name}s`, length] as const])),
);

const DAY = 864e5;

/** First instant of the Gregorian calendar, 1582-10-15: the `standard` calendar is Julian before. */
const REFORM = Date.UTC(1582, 9, 15);

const PATTERN =
  /^\s*([a-z]+)\s+since\s+(\d{1,4})-(\d{1,2})-(\d{1,2})(?:(?:\s+|T)(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?)?)?\s*(Z|UTC|GMT|[+-]\d{1,2}:?\d{2})?\s*$/i;

/**
 * CF times, such as 876588 "hours since 1900-01-01", as milliseconds since 1970-01-01 UTC. A date of the calendar without
 * leap days becomes the instant that bears the same date in ours.
 *
 * @param units "<unit> since <date> [time [zone]]"; without a zone, UTC
 * @param calendar `standard` unless told, as CF has it
 * @throws NextscaleError `invalid-data` for another calendar or unit, a number that is not finite, or a result before
 *   1582-10-15 in the mixed calendars or outside the years 0 to 9999
 */
export function decodeTimes(values: ArrayLike<number>, units: string, calendar = "standard"): Float64Array {
  const name = calendar.toLowerCase().replace("365_day", "noleap");
  if (!isCalendar(name)) {
    throw refused(`a calendar among standard, gregorian, proleptic_gregorian, noleap`, JSON.stringify(calendar));
  }
  const { unit, reference } = parseUnits(units, name);
  return Float64Array.from(values, (value) => {
    const time = name === "noleap" ? fromNoLeap(reference + value * unit) : reference + value * unit;
    const year = new Date(time).getUTCFullYear();
    if (!(year >= 0 && year <= 9999)) throw refused("times of the years 0 to 9999", `${value} ${units}`);
    if (name !== "proleptic_gregorian" && name !== "noleap" && time < REFORM) {
      throw refused(`times from 1582-10-15 on in the calendar ${calendar}`, `${value} ${units}`);
    }
    return time;
  });
}

/**
 * Durations, such as lead times, in hours.
 *
 * @param units from nanoseconds to days
 * @throws NextscaleError `invalid-data` for other units
 */
export function decodeDurations(values: ArrayLike<number>, units: string): Float64Array {
  const name = units.trim().toLowerCase();
  const unit = UNITS.get(name) ?? SHORT_UNITS.get(name);
  if (unit === undefined) {
    throw new NextscaleError({
      code: "invalid-data",
      where: "weather/decodeDurations",
      expected: 'units such as "hours", from nanoseconds to days',
      got: JSON.stringify(units),
    });
  }
  return Float64Array.from(values, (value) => (value * unit) / 36e5);
}

/** Units that xarray writes durations in, besides the others. */
const SHORT_UNITS: ReadonlyMap<string, number> = new Map([
  ["nanoseconds", 1e-6],
  ["ns", 1e-6],
  ["microseconds", 1e-3],
  ["us", 1e-3],
]);

/** Whether units are those of a time with a reference, which {@link decodeTimes} reads. */
export function isTimeUnits(units: string): boolean {
  return PATTERN.test(units);
}

function isCalendar(name: string): name is Calendar {
  return ["standard", "gregorian", "proleptic_gregorian", "noleap"].includes(name);
}

/** The reference in milliseconds: since 1970-01-01, or, without leap days, since the year 0 of 365-day years. */
function parseUnits(units: string, calendar: Calendar): { readonly unit: number; readonly reference: number } {
  const match = PATTERN.exec(units);
  const unit = UNITS.get(match?.[1]?.toLowerCase() ?? "");
  if (match === null || unit === undefined) {
    throw refused('units such as "hours since 1900-01-01 00:00", from milliseconds to days', JSON.stringify(units));
  }
  const [year, month, day, hour, minute, second] = match.slice(2, 8).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const julian = year < 1582 || (year === 1582 && (month < 10 || (month === 10 && day < 15)));
  const mixed = calendar === "standard" || calendar === "gregorian";
  const leap = mixed && julian ? year % 4 === 0 : year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 && leap && calendar !== "noleap" ? 29 : MONTHS[month - 1];
  if (length === undefined || day < 1 || day > length || hour > 24 || minute > 59 || second >= 61) {
    throw refused(`a date of the calendar ${calendar}`, JSON.stringify(units));
  }
  const clock = hour * 36e5 + minute * 6e4 + second * 1e3 - zoneOffset(match[8]);
  if (calendar === "noleap") {
    const days = MONTHS.slice(0, month - 1).reduce((sum, value) => sum + value, 0) + day - 1;
    return { unit, reference: (year * 365 + days) * DAY + clock };
  }
  return {
    unit,
    reference: (mixed && julian ? julianDay(year, month, day) : gregorianDay(year, month, day)) * DAY + clock,
  };
}

const MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days from 1970-01-01. `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
function gregorianDay(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day) / DAY;
}

/** Days from 1970-01-01 to a date of the Julian calendar (Meeus, Astronomical Algorithms, chapter 7; day 2440588 is 1970-01-01). */
function julianDay(year: number, month: number, day: number): number {
  const [y, m] = month > 2 ? [year, month] : [year - 1, month + 12];
  return Math.floor(365.25 * (y + 4716)) + Math.floor(30.6001 * (m + 1)) + day - 1524 - 2440588;
}

function fromNoLeap(time: number): number {
  const days = Math.floor(time / DAY);
  const year = Math.floor(days / 365);
  let [month, day] = [0, days - year * 365];
  while (day >= (MONTHS[month] ?? Infinity)) day -= MONTHS[month++]!;
  return gregorianDay(year, month + 1, day + 1) * DAY + (time - days * DAY);
}

function zoneOffset(zone: string | undefined): number {
  const match = /^([+-])(\d{1,2}):?(\d{2})$/.exec(zone ?? "");
  return match === null ? 0 : (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 36e5 + Number(match[3]) * 6e4);
}

function refused(expected: string, got: string): NextscaleError {
  const fix = "convert the time coordinate to one of these";
  return new NextscaleError({ code: "invalid-data", where: "weather/decodeTimes", expected, got, fix });
}
