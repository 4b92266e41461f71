import { NextscaleError } from "@nextscale/engine";

/** A share of some trials, with its interval. */
export interface Share {
  readonly count: number;
  readonly of: number;
  /** count / of. */
  readonly share: number;
  /** Wilson's interval at 95 %. */
  readonly interval: readonly [lower: number, upper: number];
}

/** Normal quantile of 97.5 %. */
const Z = 1.959963984540054;

/**
 * A share with Wilson's score interval at 95 % (Wilson 1927), which holds for small counts and shares near 0 and 1; null of no
 * trials.
 *
 * @throws NextscaleError `invalid-argument` for counts that are none, or more successes than trials
 */
export function shareOf(count: number, of: number): Share | null {
  if (!Number.isInteger(count) || !Number.isInteger(of) || count < 0 || count > of) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs/shareOf",
      expected: "whole numbers, the first from 0 to the second",
      got: `${count} and ${of}`,
    });
  }
  if (of === 0) return null;
  const share = count / of;
  const square = Z ** 2 / of;
  const centre = (share + square / 2) / (1 + square);
  const reach = (Z / (1 + square)) * Math.sqrt((share * (1 - share)) / of + square / (4 * of));
  // At its ends the interval is closed exactly, but for rounding.
  const lower = count === 0 ? 0 : centre - reach;
  const upper = count === of ? 1 : centre + reach;
  return { count, of, share, interval: [lower, upper] };
}
