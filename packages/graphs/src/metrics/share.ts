import { NextscaleError } from "@nextscale/engine";

/** How many of a number of items, with an interval for the probability behind it. */
export interface Share {
  readonly count: number;
  readonly of: number;
  /** Null of no items. */
  readonly share: number | null;
  /** Wilson's interval of 95 %; of no items all there is. */
  readonly lower: number;
  readonly upper: number;
}

/** Two-sided 95 % quantile of the standard normal. */
const Z = 1.959963984540054;

/**
 * A share with Wilson's interval (1927), which keeps its level for few items and for shares near 0 and 1, and stays within them.
 *
 * @throws NextscaleError `invalid-argument` for counts that are none, or more than there are items
 */
export function shareOf(count: number, of: number): Share {
  if (!Number.isInteger(count) || !Number.isInteger(of) || count < 0 || count > of) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs/shareOf",
      expected: "whole numbers, the first from 0 to the second",
      got: `${count} and ${of}`,
    });
  }
  if (of === 0) return { count, of, share: null, lower: 0, upper: 1 };
  const share = count / of;
  const scale = 1 + Z ** 2 / of;
  const centre = (share + Z ** 2 / (2 * of)) / scale;
  const half = (Z * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2))) / scale;
  // At 0 and 1 one end is exact, but for rounding.
  const lower = count === 0 ? 0 : centre - half;
  return { count, of, share, lower, upper: count === of ? 1 : centre + half };
}
