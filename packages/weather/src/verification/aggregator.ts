import { NextscaleError } from "@nextscale/engine";
import { checkCase, invalid, type FieldLayout, type ForecastCase } from "./case.js";
import type { Metric } from "./metric.js";
import { regionWeights, WHOLE_GRID, type ScoreRegion } from "./region.js";
import { areaMeans, type AreaMeans, type Statistic } from "./statistic.js";

/** A value of a metric, over all starts that were added. */
export interface Score<Value = number> {
  readonly metric: string;
  readonly region: string;
  readonly leadHours: number;
  /** Channel, or what else the statistics are computed for. */
  readonly output: string;
  /** NaN where `state` is `all-masked`. */
  readonly value: Value;
  /** `all-masked` when no start had a cell to score in the region. */
  readonly state: "scored" | "all-masked";
  readonly starts: number;
  /**
   * Share of area and starts that was masked, the most of the metric's statistics, 0 to 1. A forecast that is NaN where
   * the truth is not hides there: compare models at equal shares only.
   */
  readonly maskedShare: number;
}

/** Weighted sums of a statistic over the starts of a bin. */
export interface StatisticSums {
  readonly sums: Float64Array;
  weight: number;
  starts: number;
}

/** Area means of the statistics of one start, for one region, lead and output. */
export interface StartMeans {
  readonly start: number;
  /** By name of the statistic. */
  readonly means: ReadonlyMap<string, { readonly values: Float64Array; readonly weight: number }>;
}

/** Where the means of a bin are. */
export interface Bin {
  readonly region: string;
  readonly leadHours: number;
  readonly output: string;
}

/**
 * Takes weighted means of statistics over area and starts, one case at a time, in bins of region, lead and output. Its
 * memory does not depend on the number of starts, unless it keeps them.
 */
export interface Aggregator {
  /** @throws NextscaleError of `checkCase` or of a statistic, which then has added nothing */
  readonly add: (forecast: ForecastCase) => void;
  /**
   * Adds what another aggregator of the same regions and statistics saw, such as another worker's share of the starts.
   *
   * @throws NextscaleError `shape` when a statistic has another number of components there
   */
  readonly merge: (other: Aggregator) => void;
  /**
   * Values of a metric in all bins, in the order in which these came up.
   *
   * @throws NextscaleError `invalid-argument` when the aggregator does not take a statistic of the metric
   */
  readonly scores: <Value>(metric: Metric<Value>) => Score<Value>[];
  /**
   * Means of each start in a bin, sorted by start, for a bootstrap.
   *
   * @throws NextscaleError `invalid-argument` when starts are not kept
   */
  readonly starts: (bin: Bin) => readonly StartMeans[];
  /** StatisticSums by bin and statistic; for `merge`. */
  readonly bins: ReadonlyMap<string, BinContent>;
}

/** What an aggregator holds of a bin. */
export interface BinContent {
  readonly bin: Bin;
  /** By name of the statistic. */
  readonly sums: Map<string, StatisticSums>;
  readonly starts: StartMeans[];
}

/** Settings of an aggregator. */
export interface AggregatorOptions {
  readonly layout: FieldLayout;
  /** Metrics whose statistics to take. */
  readonly metrics: readonly Metric<unknown>[];
  /** The whole grid unless told. */
  readonly regions?: readonly ScoreRegion[];
  /** Keep the area means of each start too, a few numbers each, for a bootstrap. No unless told. */
  readonly keepStarts?: boolean;
}

const WHERE = "weather/aggregator";

/**
 * An aggregator without a case.
 *
 * @throws NextscaleError `invalid-argument` for a region without a cell, or two of one name
 */
export function createAggregator(options: AggregatorOptions): Aggregator {
  const { layout, metrics, regions = [WHOLE_GRID], keepStarts = false } = options;
  const statistics = new Map(metrics.flatMap((metric) => metric.statistics).map((one) => [one.name, one]));
  const parts = regions.map((region) => ({ name: region.name, weights: regionWeights(layout.grid, region) }));
  if (new Set(parts.map((part) => part.name)).size < parts.length) {
    throw invalid(WHERE, "regions of different names", parts.map((part) => part.name).join(", "));
  }
  const bins = new Map<string, BinContent>();

  return {
    bins,
    add(forecast) {
      checkCase(WHERE, forecast, layout);
      const found = caseMeans(forecast, layout, [...statistics.values()], parts);
      for (const { bin, means } of found) {
        const content = contentOf(bins, bin);
        for (const [name, { values, weight }] of means) addMean(content, name, values, weight);
        if (keepStarts) content.starts.push({ start: forecast.start, means });
      }
    },
    merge(other) {
      for (const { bin, sums, starts } of other.bins.values()) {
        const content = contentOf(bins, bin);
        for (const [name, part] of sums) {
          const own = sumsOf(content, name, part.sums.length);
          part.sums.forEach((sum, component) => (own.sums[component]! += sum));
          own.weight += part.weight;
          own.starts += part.starts;
        }
        content.starts.push(...starts);
      }
    },
    scores(metric) {
      const unknown = metric.statistics.find((statistic) => !statistics.has(statistic.name));
      if (unknown !== undefined)
        throw invalid(WHERE, "a metric that it was made for", `${metric.name} (${unknown.name})`);
      return [...bins.values()].flatMap((content) => scoreOf(metric, content) ?? []);
    },
    starts(bin) {
      if (!keepStarts) throw invalid(WHERE, "an aggregator made with keepStarts", "one without");
      return (bins.get(keyOf(bin))?.starts ?? []).toSorted((a, b) => a.start - b.start);
    },
  };
}

function scoreOf<Value>(metric: Metric<Value>, { bin, sums }: BinContent): Score<Value> | undefined {
  const parts = metric.statistics.map((statistic) => sums.get(statistic.name));
  // Statistics with outputs of their own fill no bins of the channels, and the other way round.
  if (parts.some((part) => part === undefined)) return undefined;
  const present = parts as StatisticSums[];
  const starts = Math.max(...present.map((part) => part.starts));
  const least = Math.min(...present.map((part) => part.weight / part.starts));
  const value = metric.value((statistic) => {
    const { sums: total, weight } = sums.get(statistic.name)!;
    return total.map((sum) => sum / weight);
  });
  const state = least === 0 ? "all-masked" : "scored";
  // Rounding can leave the sum of the weights a little above the number of starts.
  return { metric: metric.name, ...bin, value, state, starts, maskedShare: Math.max(0, 1 - least) };
}

/** Area means of one checked case: every region and output with all statistics that have it. */
function caseMeans(
  forecast: ForecastCase,
  layout: FieldLayout,
  statistics: readonly Statistic[],
  regions: readonly { readonly name: string; readonly weights: Float64Array }[],
): { readonly bin: Bin; readonly means: Map<string, { values: Float64Array; weight: number }> }[] {
  const found = new Map<string, { bin: Bin; means: Map<string, { values: Float64Array; weight: number }> }>();
  for (const statistic of statistics) {
    const outputs = statistic.outputs ?? layout.channels;
    const byRegion = eachRegion(statistic, forecast, layout, regions);
    regions.forEach((region, r) => {
      const { components, means, weights } = byRegion[r]!;
      outputs.forEach((output, o) => {
        const bin = { region: region.name, leadHours: forecast.leadHours, output };
        const key = keyOf(bin);
        const entry = found.get(key) ?? { bin, means: new Map<string, { values: Float64Array; weight: number }>() };
        found.set(key, entry);
        const values = means.slice(o * components, (o + 1) * components);
        // A mean that does not exist (a correlation with a constant) has no weight, whatever the area.
        const exists = values.every((value) => !Number.isNaN(value));
        entry.means.set(statistic.name, { values, weight: exists ? weights[o]! : 0 });
      });
    });
  }
  return [...found.values()];
}

/** A field is computed once for all regions. */
function eachRegion(
  statistic: Statistic,
  forecast: ForecastCase,
  layout: FieldLayout,
  regions: readonly { readonly weights: Float64Array }[],
): AreaMeans[] {
  if (statistic.kind === "area") return regions.map(({ weights }) => areaMeans(statistic, forecast, layout, weights));
  const values = statistic.compute(forecast, layout);
  const computed: Statistic = { ...statistic, compute: () => values };
  return regions.map(({ weights }) => areaMeans(computed, forecast, layout, weights));
}

function contentOf(bins: Map<string, BinContent>, bin: Bin): BinContent {
  const key = keyOf(bin);
  const content = bins.get(key) ?? { bin, sums: new Map<string, StatisticSums>(), starts: [] };
  bins.set(key, content);
  return content;
}

function sumsOf(content: BinContent, name: string, components: number): StatisticSums {
  const sums = content.sums.get(name) ?? { sums: new Float64Array(components), weight: 0, starts: 0 };
  content.sums.set(name, sums);
  if (sums.sums.length !== components) {
    throw new NextscaleError({
      code: "shape",
      where: WHERE,
      expected: `${sums.sums.length} components of ${name}`,
      got: `${components}`,
      fix: "score forecasts of equal numbers of members together",
    });
  }
  return sums;
}

function addMean(content: BinContent, name: string, values: Float64Array, weight: number): void {
  const sums = sumsOf(content, name, values.length);
  sums.starts += 1;
  sums.weight += weight;
  // A masked mean is NaN, and 0 times NaN is NaN.
  if (weight > 0) values.forEach((value, component) => (sums.sums[component]! += weight * value));
}

function keyOf({ region, leadHours, output }: Bin): string {
  return JSON.stringify([region, leadHours, output]);
}
