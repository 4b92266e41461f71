import type { SubstepPlan, Substeps } from "@nextscale/graphs";
import { InvalidArgumentError } from "commander";

/*
 * Parsers of option values. Each returns the value or throws commander's error, which names the option and is shown
 * with exit code 1. The words are: what was expected, what came.
 */

/** A whole number of at least `minimum`. */
export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    // The largest that a double holds exactly is worth naming only to those who went beyond it.
    const isUnbounded = maximum === Number.MAX_SAFE_INTEGER && !(value > maximum);
    const range = isUnbounded ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}, got "${text}".`);
  };
}

/** A finite number above `minimum` (or equal to it, when `inclusive`) and at most `maximum`. */
export function decimal(
  minimum: number,
  { inclusive = true, maximum = Number.MAX_VALUE }: { inclusive?: boolean; maximum?: number } = {},
): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isFinite(value) && (inclusive ? value >= minimum : value > minimum) && value <= maximum) return value;
    const lower = inclusive ? `of at least ${minimum}` : `above ${minimum}`;
    const upper = maximum === Number.MAX_VALUE ? "" : ` and at most ${maximum}`;
    throw new InvalidArgumentError(`Expected a number ${lower}${upper}, got "${text}".`);
  };
}

/** One part of a job that is split over machines: part `index` (from 0) of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** `i/n` with 0 <= i < n. */
export function shard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const index = Number(match?.[1]);
  const count = Number(match?.[2]);
  if (match !== null && count >= 1 && index < count) return { index, count };
  throw new InvalidArgumentError(`Expected i/n with 0 <= i < n, such as 0/4, got "${text}".`);
}

/** Items `start` (inclusive) to `end` (exclusive) of `total` that belong to a shard: contiguous, sizes differ by at most one. */
export function shardRange(total: number, { index, count }: Shard): { readonly start: number; readonly end: number } {
  return { start: Math.floor((total * index) / count), end: Math.floor((total * (index + 1)) / count) };
}

/** A time in the notation of ISO 8601, UTC unless it names another zone, in milliseconds since 1970. */
export function isoTime(text: string): number {
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const time = /^\d{4}-\d{2}-\d{2}(T|$)/.test(text)
    ? Date.parse(hasZone || text.length === 10 ? text : `${text}Z`)
    : Number.NaN;
  if (Number.isFinite(time)) return time;
  throw new InvalidArgumentError(`Expected a time such as 2001-03-01T12:00, got "${text}".`);
}

/** Names with commas between them. */
export function names(text: string): readonly string[] {
  const parts = text.split(",");
  if (parts.every((part) => part !== "")) return parts;
  throw new InvalidArgumentError(`Expected names with commas between them, got "${text}".`);
}

/** Numbers above 0 with commas between them. */
export function positiveNumbers(text: string): readonly number[] {
  const parse = decimal(0, { inclusive: false });
  return text.split(",").map((part) => parse(part));
}

/** First and last year, `2000-2009`, or one. */
export function years(text: string): readonly [first: number, last: number] {
  const match = /^(\d{4})(?:-(\d{4}))?$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  if (match !== null && first <= last) return [first, last];
  throw new InvalidArgumentError(`Expected years such as 2000-2009, got "${text}".`);
}

/** A place on the globe: degrees north and east. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** `lat,lon`. */
export function point(text: string): Point {
  const [latitude = Number.NaN, longitude = Number.NaN, ...more] = text
    .split(",")
    .map((part) => Number(part.trim() || "?"));
  if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 360 && more.length === 0) return { latitude, longitude };
  throw new InvalidArgumentError(`Expected degrees north and east such as 50,10, got "${text}".`);
}

/** Columns and rows of a global grid, and where its rows lie. */
export interface GridSize {
  readonly columns: number;
  readonly rows: number;
  readonly kind: "equiangular" | "gaussian";
}

/** `64x32`, or `gaussian-64x32`. */
export function gridSize(text: string): GridSize {
  const match = /^(gaussian-)?(\d{1,4})x(\d{1,4})$/.exec(text);
  const [columns, rows] = [Number(match?.[2]), Number(match?.[3])];
  if (columns >= 2 && rows >= 2) return { columns, rows, kind: match?.[1] === undefined ? "equiangular" : "gaussian" };
  throw new InvalidArgumentError(`Expected columns x rows such as 64x32 or gaussian-64x32, got "${text}".`);
}

/** Substeps of a level, as many as a model takes. */
export const MOST_SUBSTEPS = 1_000_000;

/** `exact`, `adaptive`, a number of substeps, or a list of those with commas between them, the finest level's first. */
export function substeps(text: string): SubstepPlan {
  const plan = text.split(",").map((part): Substeps => {
    if (part === "exact" || part === "adaptive") return part;
    if (/^\d+$/.test(part) && Number(part) >= 1 && Number(part) <= MOST_SUBSTEPS) return Number(part);
    throw new InvalidArgumentError(
      `Expected exact, adaptive, a number such as 4, or a list such as 5,2,1, got "${text}".`,
    );
  });
  return plan.length === 1 ? plan[0]! : plan;
}

/** How often all codes of a level are drawn again: as often as a model does it. */
export const sweeps = integer(0, 100);

/** Values of an option that takes several, each of which `parse` knows. */
export function several<T>(
  parse: (text: string) => T,
): (text: string, earlier: readonly T[] | undefined) => readonly T[] {
  return (text, earlier = []) => [...earlier, parse(text)];
}
