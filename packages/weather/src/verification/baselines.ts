import { NextscaleError } from "@nextscale/engine";
import { cellCount, checkField, HOUR, invalid } from "./case.js";
import { climatologyAt, type Climatology } from "./climatology.js";

/** Forecasts from a start for a lead: the members, each a field [channel][latitude][longitude]. Start in milliseconds UTC. */
export type Forecaster = (start: number, leadHours: number) => readonly Float32Array[];

/** The analysed field of a time in milliseconds UTC; undefined where there is none. */
export type FieldSource = (time: number) => Float32Array | undefined;

function fieldAt(where: string, source: FieldSource, time: number): Float32Array {
  const field = source(time);
  if (field !== undefined) return field;
  throw new NextscaleError({
    code: "missing-data",
    where,
    expected: `a field of ${new Date(time).toISOString()}`,
    got: "none",
  });
}

/**
 * The field of the start, unchanged: one member.
 *
 * @throws NextscaleError (the forecaster) `missing-data` when there is no field of the start
 */
export function persistence(fields: FieldSource): Forecaster {
  return (start) => [fieldAt("weather/persistence", fields, start)];
}

/** The climatological field of the valid time: one member. */
export function climatologyMean(climatology: Climatology): Forecaster {
  return (start, leadHours) => [climatologyAt(climatology, start + leadHours * HOUR)];
}

/** Factors of the anomaly by lead in hours, one for each channel. */
export type Damping = ReadonlyMap<number, Float64Array>;

/** Collects pairs of fields; memory does not depend on their number. */
export interface DampingFit {
  /** Adds a field and the one that a lead later came of it. @throws NextscaleError of `checkField` */
  readonly add: (start: number, leadHours: number, initial: Float32Array, later: Float32Array) => void;
  /** A channel without variance gets factor 0. */
  readonly finish: () => Damping;
}

/**
 * Fits the factor by which anomalies shrink over a lead, <a₀ a> / <a₀²> over area and starts: least squares, one factor for
 * each channel. Fit it on training years; on the test years it would know their persistence.
 */
export function fitDamping(climatology: Climatology): DampingFit {
  const { layout } = climatology;
  const sums = new Map<number, { readonly shared: Float64Array; readonly squares: Float64Array }>();
  const channels = layout.channels.length;
  const columns = layout.grid.longitudes.length;
  const cells = cellCount(layout);
  return {
    add(start, leadHours, initial, later) {
      checkField("weather/fitDamping", "initial field", initial, layout);
      checkField("weather/fitDamping", "later field", later, layout);
      const before = climatologyAt(climatology, start);
      const after = climatologyAt(climatology, start + leadHours * HOUR);
      const own = sums.get(leadHours) ?? { shared: new Float64Array(channels), squares: new Float64Array(channels) };
      sums.set(leadHours, own);
      for (let at = 0; at < initial.length; at++) {
        const anomaly = initial[at]! - before[at]!;
        const product = anomaly * (later[at]! - after[at]!);
        if (Number.isNaN(product)) continue;
        const channel = Math.floor(at / cells);
        const weight = layout.grid.areaWeights[Math.floor((at % cells) / columns)]!;
        own.shared[channel]! += weight * product;
        own.squares[channel]! += weight * anomaly ** 2;
      }
    },
    finish() {
      const factor = (shared: number, squares: number): number => (squares > 0 ? shared / squares : 0);
      return new Map(
        [...sums].map(([lead, { shared, squares }]) => [lead, shared.map((sum, i) => factor(sum, squares[i]!))]),
      );
    },
  };
}

/**
 * Climatology of the valid time plus the damped anomaly of the start: one member, between persistence and climatology, and no
 * worse than both in the mean of the years it was fitted on.
 *
 * @throws NextscaleError (the forecaster) `missing-data` when there is no field of the start, `invalid-argument` for a lead that
 *   was not fitted
 */
export function dampedAnomaly(fields: FieldSource, climatology: Climatology, damping: Damping): Forecaster {
  const where = "weather/dampedAnomaly";
  const cells = cellCount(climatology.layout);
  return (start, leadHours) => {
    const factors = damping.get(leadHours);
    if (factors === undefined) {
      throw invalid(where, `a lead among ${[...damping.keys()].join(", ")} hours`, `${leadHours}`);
    }
    const initial = fieldAt(where, fields, start);
    const before = climatologyAt(climatology, start);
    const after = climatologyAt(climatology, start + leadHours * HOUR);
    return [after.map((normal, at) => normal + factors[Math.floor(at / cells)]! * (initial[at]! - before[at]!))];
  };
}

/** Settings of a climatology ensemble. */
export interface ClimatologyEnsembleOptions {
  readonly fields: FieldSource;
  /** Training years: a member each. */
  readonly years: readonly number[];
}

/**
 * The fields of the training years at the day of year and hour of the valid time, as members: reliable by construction, and
 * the reference of the CRPSS. The year of the valid time is left out, for its member would be the truth; so is a year
 * without that field. 29 February is 28 February in other years.
 *
 * @throws NextscaleError (the forecaster) `missing-data` when no year has a field
 */
export function climatologyEnsemble(options: ClimatologyEnsembleOptions): Forecaster {
  const { fields, years } = options;
  return (start, leadHours) => {
    const time = start + leadHours * HOUR;
    const own = new Date(time).getUTCFullYear();
    const members = years.filter((year) => year !== own).flatMap((year) => fields(inYear(time, year)) ?? []);
    if (members.length === 0) {
      throw new NextscaleError({
        code: "missing-data",
        where: "weather/climatologyEnsemble",
        expected: `a field of ${new Date(time).toISOString().slice(5)} in one of ${years.length} years`,
        got: "none",
      });
    }
    return members;
  };
}

/** The same day and hour of another year. */
function inYear(time: number, year: number): number {
  const date = new Date(time);
  const month = date.getUTCMonth();
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const sinceMidnight = time - Date.UTC(date.getUTCFullYear(), month, date.getUTCDate());
  return Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay)) + sinceMidnight;
}
