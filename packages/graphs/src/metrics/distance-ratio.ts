import { NextscaleError } from "@nextscale/engine";
import type { GraphStatistic } from "./descriptors.js";
import type { GraphDistances } from "./graph-metrics.js";

/** How many times as far from the test graphs as the training graphs are. */
export interface DistanceRatio {
  /** Mean of the ratios of the statistics that are not excluded; null when all are. */
  readonly mean: number | null;
  /** By statistic, without those excluded. */
  readonly ratios: Readonly<Partial<Record<GraphStatistic, number>>>;
  /** Statistics whose distance between training and test graphs is below 1e-6: a ratio to it would say nothing. */
  readonly excluded: readonly GraphStatistic[];
}

/** Below it a distance is rounding, or that of sets in which all graphs agree, such as the clustering of trees. */
const LEAST = 1e-6;

/**
 * Mean over the statistics of MMD(samples, test) / MMD(train, test) (Bergmeister et al. 2024, "Ratio"). Statistics with a
 * denominator below 1e-6 are left out, as in their printed tables; their released code adds 1e-8 to denominators instead, and for
 * trees divides by almost nothing.
 *
 * @param samples distances of the samples from the test graphs
 * @param train distances of the training graphs from the test graphs, by the same kernels
 * @throws NextscaleError `invalid-argument` for distances by different kernels
 */
export function distanceRatio(samples: GraphDistances, train: GraphDistances): DistanceRatio {
  const statistics = Object.keys(train) as GraphStatistic[];
  if (Object.keys(samples).join() !== statistics.join()) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs/distanceRatio",
      expected: `distances by the same kernels (${statistics.join(", ")})`,
      got: Object.keys(samples).join(", "),
    });
  }
  const excluded = statistics.filter((statistic) => !(train[statistic]! >= LEAST));
  const pairs = statistics
    .filter((statistic) => !excluded.includes(statistic))
    .map((statistic) => [statistic, samples[statistic]! / train[statistic]!] as const);
  const mean = pairs.reduce((sum, [, ratio]) => sum + ratio, 0) / pairs.length;
  return { mean: pairs.length === 0 ? null : mean, ratios: Object.fromEntries(pairs), excluded };
}
