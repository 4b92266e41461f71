/** What normalisation needs to know of a channel: moments over all cells by area, and times, without missing values. */
export interface ChannelStatistics {
  readonly mean: number;
  readonly standardDeviation: number;
  /** Of the change from each time to the next. */
  readonly differenceStandardDeviation: number;
  /** Share of the area, over all times, that has no value. */
  readonly missing: number;
}

/** Adds up the fields of a channel. */
export interface ChannelAccumulator {
  /** Adds the field of the next time. */
  add(field: Float32Array): void;
  /** The statistics so far; NaN where there was nothing to take them of. */
  statistics(): ChannelStatistics;
}

/**
 * Statistics of fields that come in the order of time, in float64 and memory of one field: exact moments of each field,
 * merged by the formula of Chan, Golub and LeVeque (1983, The American Statistician 37, 242-247).
 *
 * @param weights area of each cell, in the order of the fields
 */
export function channelAccumulator(weights: Float64Array): ChannelAccumulator {
  const values = emptyMoments();
  const differences = emptyMoments();
  let area = 0;
  let previous: Float32Array | undefined;
  const fieldArea = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    add(field) {
      merge(values, weights, (i) => field[i]!);
      const before = previous;
      if (before !== undefined) merge(differences, weights, (i) => field[i]! - before[i]!);
      previous = field;
      area += fieldArea;
    },
    statistics: () => ({
      mean: values.weight > 0 ? values.mean : NaN,
      standardDeviation: deviation(values),
      differenceStandardDeviation: deviation(differences),
      missing: 1 - values.weight / area,
    }),
  };
}

/** Total weight, weighted mean, and weighted sum of squared deviations from it. */
interface Moments {
  weight: number;
  mean: number;
  scatter: number;
}

function emptyMoments(): Moments {
  return { weight: 0, mean: 0, scatter: 0 };
}

function deviation({ weight, scatter }: Moments): number {
  return weight > 0 ? Math.sqrt(scatter / weight) : NaN;
}

function merge(moments: Moments, weights: Float64Array, valueAt: (index: number) => number): void {
  let [weight, sum] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    const value = valueAt(i);
    if (Number.isNaN(value)) continue;
    weight += weights[i]!;
    sum += weights[i]! * value;
  }
  if (weight === 0) return;
  const mean = sum / weight;
  let scatter = 0;
  for (let i = 0; i < weights.length; i++) {
    const off = valueAt(i) - mean;
    if (!Number.isNaN(off)) scatter += weights[i]! * off * off;
  }
  const total = moments.weight + weight;
  const shift = mean - moments.mean;
  moments.scatter += scatter + (shift * shift * moments.weight * weight) / total;
  moments.mean += (shift * weight) / total;
  moments.weight = total;
}
