import { NextscaleError } from "@nextscale/engine";
import { integerSource } from "../random/integers.js";
import { randomStream } from "../random/stream.js";
import { requireCount } from "./features.js";

/** A statistic with a confidence interval. */
export interface BootstrapInterval {
  /** The statistic on the data as they are. */
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** Standard deviation of the statistic over the resamples. */
  readonly standardError: number;
}

/** Settings of a bootstrap. */
export interface BootstrapOptions {
  readonly seed: number;
  /** 1000 unless told. */
  readonly resamples?: number;
  /** Probability that the interval should cover, 0.95 unless told. */
  readonly level?: number;
}

/**
 * Percentile bootstrap interval (Efron, Tibshirani 1993, chapter 13) of any statistic of n items.
 *
 * @param count number of items, n
 * @param statistic computes from item numbers, which may repeat; the array is reused for the next resample
 * @throws NextscaleError `invalid-argument` for no items, fewer than two resamples or a level outside (0, 1)
 */
export function bootstrapInterval(
  count: number,
  statistic: (items: Uint32Array) => number,
  options: BootstrapOptions,
): BootstrapInterval {
  const { seed, resamples = 1000, level = 0.95 } = options;
  requireCount("metrics/bootstrap", "items", count, 1);
  requireCount("metrics/bootstrap", "resamples", resamples, 2);
  if (!(level > 0 && level < 1)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "metrics/bootstrap",
      expected: "a confidence level between 0 and 1",
      got: `${level}`,
    });
  }
  const stream = randomStream(seed, "metrics/bootstrap");
  const items = Uint32Array.from({ length: count }, (_, i) => i);
  const estimate = statistic(items);
  const replicates = Float64Array.from({ length: resamples }, (_, resample) => {
    const draw = integerSource(stream, { item: resample });
    for (let i = 0; i < count; i++) items[i] = draw(count);
    return statistic(items);
  }).sort();
  const mean = replicates.reduce((sum, value) => sum + value, 0) / resamples;
  const squares = replicates.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    estimate,
    lower: quantile(replicates, (1 - level) / 2),
    upper: quantile(replicates, (1 + level) / 2),
    standardError: Math.sqrt(squares / (resamples - 1)),
  };
}

/** Bootstrap interval of a mean. */
export function bootstrapMean(values: ArrayLike<number>, options: BootstrapOptions): BootstrapInterval {
  const mean = (items: Uint32Array): number => items.reduce((sum, item) => sum + values[item]!, 0) / items.length;
  return bootstrapInterval(values.length, mean, options);
}

/** Quantile of ascending values, linear between order statistics. */
function quantile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
