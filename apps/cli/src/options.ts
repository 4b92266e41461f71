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
