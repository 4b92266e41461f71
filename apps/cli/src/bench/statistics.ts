/** Times of the same work done several times, in milliseconds. */
export interface RepeatedTimes {
  /** The first time, preparing the program included. */
  readonly firstMs: number;
  /** Median of later times. */
  readonly ms: number;
  /** What half of the later times lie between. */
  readonly quartiles: readonly [first: number, third: number];
}

/** The value below which a share of the values lies, between two of them by linear interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  return below + (place - Math.floor(place)) * (sorted[Math.ceil(place)]! - below);
}

/** The middle of the values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** First and third quartile: what half of the values lie between. */
export function quartiles(values: readonly number[]): [first: number, third: number] {
  return [quantile(values, 0.25), quantile(values, 0.75)];
}
