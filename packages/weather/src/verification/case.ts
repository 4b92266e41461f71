import { NextscaleError } from "@nextscale/engine";
import type { Grid } from "../grid/grid.js";

/** What the fields of a verification have in common. A field is [channel][latitude south to north][longitude]. */
export interface FieldLayout {
  readonly grid: Grid;
  /** Names of the channels, in their order in a field: `["z500", "t850"]`. */
  readonly channels: readonly string[];
}

/**
 * One forecast and what came of it: a start, a lead, and fields that are valid at start + lead. All fields have the
 * channels' own units. A cell that is NaN in any of the fields that a statistic reads is masked: it is left out together
 * with its area weight.
 */
export interface ForecastCase {
  /** Initial time, milliseconds since 1970-01-01 UTC. */
  readonly start: number;
  readonly leadHours: number;
  /** Members of the ensemble, each a field; a deterministic forecast is one member. */
  readonly members: readonly Float32Array[];
  /** The verifying field. */
  readonly truth: Float32Array;
  /** Climatological field of the valid time; only anomaly statistics read it. */
  readonly climatology?: Float32Array;
}

/** Milliseconds in an hour. */
export const HOUR = 3_600_000;

/** Start + lead, milliseconds since 1970-01-01 UTC. */
export function validTimeOf(forecast: Pick<ForecastCase, "start" | "leadHours">): number {
  return forecast.start + forecast.leadHours * HOUR;
}

/** Cells of one channel. */
export function cellCount({ grid }: FieldLayout): number {
  return grid.latitudes.length * grid.longitudes.length;
}

/**
 * Checks a case once, so that statistics need not.
 *
 * @throws NextscaleError `invalid-argument` for no members or a start or lead that is no time, `shape` for a field of the
 *   wrong length, `invalid-data` for an infinite value (NaN is a mask; an infinity would spoil the mean of its region)
 */
export function checkCase(where: string, forecast: ForecastCase, layout: FieldLayout): void {
  const { start, leadHours, members, truth, climatology } = forecast;
  if (!Number.isFinite(start) || !(leadHours >= 0 && leadHours < Infinity)) {
    throw invalid(where, "a start and a lead that are finite numbers", `start ${start}, lead ${leadHours} hours`);
  }
  if (members.length === 0) throw invalid(where, "at least one member", "none");
  checkField(where, "truth", truth, layout);
  if (climatology !== undefined) checkField(where, "climatology", climatology, layout);
  members.forEach((member, m) => checkField(where, `member ${m}`, member, layout));
}

/** @throws NextscaleError `shape` for a field of the wrong length */
export function requireSize(where: string, what: string, field: Float32Array, { grid, channels }: FieldLayout): void {
  const [rows, columns] = [grid.latitudes.length, grid.longitudes.length];
  const size = channels.length * rows * columns;
  if (field.length === size) return;
  throw new NextscaleError({
    code: "shape",
    where,
    expected: `${what} of ${channels.length} x ${rows} x ${columns} = ${size} values`,
    got: `${field.length}`,
  });
}

/** @throws NextscaleError `shape` for a field of the wrong length, `invalid-data` for an infinite value */
export function checkField(where: string, what: string, field: Float32Array, layout: FieldLayout): void {
  requireSize(where, what, field, layout);
  const cells = cellCount(layout);
  const at = field.findIndex((value) => value === Infinity || value === -Infinity);
  if (at >= 0) {
    throw new NextscaleError({
      code: "invalid-data",
      where,
      expected: `${what} of finite values, or NaN where masked`,
      got: `${field[at]} in channel ${layout.channels[Math.floor(at / cells)]}, cell ${at % cells}`,
      fix: "drop the case, and count it as a failed forecast where it is one",
    });
  }
}

/**
 * @throws NextscaleError `invalid-argument` for fewer members than an estimator needs
 */
export function requireMembers(where: string, members: { readonly length: number }, least: number): void {
  if (members.length < least) throw invalid(where, `at least ${least} members`, `${members.length}`);
}

/** The climatology of a case. */
export function requireClimatology(where: string, { climatology }: ForecastCase): Float32Array {
  if (climatology === undefined) throw invalid(where, "a case with a climatology", "none");
  return climatology;
}

/** An `invalid-argument` error of this folder. */
export function invalid(where: string, expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where, expected, got });
}
