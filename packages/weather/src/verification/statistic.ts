import { cellCount, type FieldLayout, type ForecastCase } from "./case.js";

/**
 * First of the three steps of a verification (the division of labour of WeatherBench-X): a statistic turns one case into
 * numbers whose weighted means over area and starts are meaningful; an `Aggregator` takes these means; a `Metric` is a
 * function of means. Roots and ratios come last, in the metric.
 *
 * Two statistics of the same name are the same statistic, so a name holds all parameters. `compute` gets checked cases.
 */
export type Statistic = FieldStatistic | AreaStatistic;

interface StatisticBase {
  readonly name: string;
  /** Names of what it is computed for. The channels of the layout unless told. */
  readonly outputs?: readonly string[];
}

/** One number for each cell; the aggregator takes the area means. */
export interface FieldStatistic extends StatisticBase {
  readonly kind: "field";
  /** [output][latitude][longitude]; NaN where masked. */
  readonly compute: (forecast: ForecastCase, layout: FieldLayout) => Float64Array;
}

/** Numbers for a whole region: what is no mean over cells (a norm, a correlation), or more than one (a histogram). */
export interface AreaStatistic extends StatisticBase {
  readonly kind: "area";
  /**
   * The means of one checked case over a region.
   *
   * @param weights area weights of the region, [latitude][longitude]; 0 outside
   */
  readonly compute: (forecast: ForecastCase, layout: FieldLayout, weights: Float64Array) => AreaMeans;
}

/** Means over a region, of one case. */
export interface AreaMeans {
  /** Numbers for each output. */
  readonly components: number;
  /** [output][component]. */
  readonly means: Float64Array;
  /** Share of the region's area that is not masked, for each output, 0 to 1: the weight of the case. */
  readonly weights: Float64Array;
}

/** Area means of a statistic, of one checked case. */
export function areaMeans(
  statistic: Statistic,
  forecast: ForecastCase,
  layout: FieldLayout,
  weights: Float64Array,
): AreaMeans {
  if (statistic.kind === "area") return statistic.compute(forecast, layout, weights);
  return meansOverCells(statistic.compute(forecast, layout), weights);
}

/** Σ w f / Σ w of each output, over the cells that are not NaN; NaN where there is none. */
export function meansOverCells(values: Float64Array, weights: Float64Array): AreaMeans {
  const outputs = values.length / weights.length;
  const total = sumOf(weights);
  const means = new Float64Array(outputs);
  const shares = new Float64Array(outputs);
  for (let output = 0; output < outputs; output++) {
    let [sum, weight] = [0, 0];
    for (let cell = 0; cell < weights.length; cell++) {
      const value = values[output * weights.length + cell]!;
      // Outside the region a value must not count, not even as 0 times NaN.
      if (weights[cell] === 0 || Number.isNaN(value)) continue;
      sum += weights[cell]! * value;
      weight += weights[cell]!;
    }
    means[output] = sum / weight;
    shares[output] = weight / total;
  }
  return { components: 1, means, weights: shares };
}

/** A statistic that is a function of the members and the truth of one cell, NaN where one of them is. */
export function cellStatistic(
  name: string,
  compute: (members: Float64Array, truth: number, channel: number, cell: number) => number,
  check: (forecast: ForecastCase, layout: FieldLayout) => void = () => undefined,
): FieldStatistic {
  return {
    kind: "field",
    name,
    compute(forecast, layout) {
      check(forecast, layout);
      const values = new Float64Array(forecast.truth.length);
      const cells = cellCount(layout);
      const members = new Float64Array(forecast.members.length);
      for (let at = 0; at < values.length; at++) {
        const usable = gatherMembers(forecast, at, members);
        values[at] = usable ? compute(members, forecast.truth[at]!, Math.floor(at / cells), at % cells) : Number.NaN;
      }
      return values;
    },
  };
}

/** Copies one cell of all members; false when it is masked in the truth or in a member. */
export function gatherMembers(forecast: ForecastCase, at: number, members: Float64Array): boolean {
  let masked = Number.isNaN(forecast.truth[at]!);
  for (let m = 0; m < members.length; m++) {
    members[m] = forecast.members[m]![at]!;
    masked ||= Number.isNaN(members[m]!);
  }
  return !masked;
}

/** Mean over members of every cell; NaN where a member is. */
export function ensembleMean(members: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(members[0]?.length ?? 0);
  for (const member of members) for (let at = 0; at < mean.length; at++) mean[at]! += member[at]!;
  return mean.map((sum) => sum / members.length);
}

/** Arithmetic mean. */
export function meanOf(values: Float64Array): number {
  return sumOf(values) / values.length;
}

/** Sample variance, divisor n - 1. */
export function varianceOf(values: Float64Array): number {
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / (values.length - 1);
}

/** Sum. */
export function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
