import type { Statistic } from "./statistic.js";

/** Mean of a statistic over area and starts: its components, NaN throughout where everything was masked. */
export type MeanOf = (statistic: Statistic) => Float64Array;

/** A function of mean statistics: a ratio, a root, or the mean itself. */
export interface Metric<Value = number> {
  readonly name: string;
  readonly statistics: readonly Statistic[];
  /** From means that the aggregator has. */
  readonly value: (mean: MeanOf) => Value;
}

/** The mean of a statistic of one component. */
export function meanMetric(name: string, statistic: Statistic): Metric {
  return { name, statistics: [statistic], value: (mean) => mean(statistic)[0]! };
}

/** The root of the mean of a statistic of one component: averaged over area and starts first, root last. */
export function rootMeanMetric(name: string, statistic: Statistic): Metric {
  return { name, statistics: [statistic], value: (mean) => Math.sqrt(mean(statistic)[0]!) };
}

/** All components of the mean of a statistic. */
export function curveMetric(name: string, statistic: Statistic): Metric<Float64Array> {
  return { name, statistics: [statistic], value: (mean) => mean(statistic) };
}
