/** How many of a number of items, with an interval for the probability behind it. */
export interface Share {
  readonly count: number;
  readonly of: number;
  /** count / of. */
  readonly share: number;
  /** Wilson's interval of 95 %. */
  readonly lower: number;
  readonly upper: number;
}

/** Two-sided 95 % quantile of the standard normal. */
const Z = 1.959963984540054;

/** A share with Wilson's interval (1927), which keeps its level for few items and for shares near 0 and 1, and stays within them. */
export function shareOf(count: number, of: number): Share {
  const share = count / of;
  const scale = 1 + Z ** 2 / of;
  const centre = (share + Z ** 2 / (2 * of)) / scale;
  const half = (Z * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2))) / scale;
  // At 0 and 1 one end is exact, but for rounding.
  const lower = count === 0 ? 0 : centre - half;
  return { count, of, share, lower, upper: count === of ? 1 : centre + half };
}
