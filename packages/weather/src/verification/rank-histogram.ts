import { integerSource, randomStream, type RandomStream } from "@nextscale/refinement-core";
import { cellCount, type FieldLayout, type ForecastCase } from "./case.js";
import { curveMetric, type Metric } from "./metric.js";
import { gatherMembers, sumOf, type AreaStatistic } from "./statistic.js";

/**
 * Where the truth ranks among the members: the share of area and starts in each of M + 1 bins, which sum to 1; flat for a
 * reliable ensemble, U-shaped for one that is too narrow. Bin 0: the truth is below all members.
 *
 * Members that equal the truth leave its rank open; it is drawn evenly among those possible, for then also a truth that is
 * 0 like most members (rain) ranks flat. The draw depends on seed, start, lead, channel and cell alone.
 *
 * Sampling noise of a bin's share is about √(M/N) of it for N independent cases; neighbouring cells are not independent.
 * (Hamill 2001.)
 *
 * @throws NextscaleError `shape`, when a case is added, for another number of members than in the case before
 */
export function rankHistogram(options: { readonly seed: number }): Metric<Float64Array> {
  const statistic: AreaStatistic = {
    kind: "area",
    name: `rank-histogram(seed=${options.seed})`,
    compute(forecast, layout, weights) {
      const stream = randomStream(options.seed, `verification/ranks/${forecast.start}/${forecast.leadHours}`);
      return ranksOf(forecast, layout, weights, stream);
    },
  };
  return curveMetric("rank-histogram", statistic);
}

function ranksOf(forecast: ForecastCase, layout: FieldLayout, weights: Float64Array, stream: RandomStream) {
  const cells = cellCount(layout);
  const channels = layout.channels.length;
  const components = forecast.members.length + 1;
  const members = new Float64Array(forecast.members.length);
  const means = new Float64Array(channels * components);
  const shares = new Float64Array(channels);
  const total = sumOf(weights);
  for (let channel = 0; channel < channels; channel++) {
    const bins = means.subarray(channel * components, (channel + 1) * components);
    for (let cell = 0; cell < cells; cell++) {
      const at = channel * cells + cell;
      if (weights[cell] === 0 || !gatherMembers(forecast, at, members)) continue;
      bins[rankOf(members, forecast.truth[at]!, stream, at)]! += weights[cell]!;
    }
    const weight = sumOf(bins);
    bins.forEach((value, bin) => (bins[bin] = value / weight));
    shares[channel] = weight / total;
  }
  return { components, means, weights: shares };
}

/** Number of members below the truth, plus an even draw among the ranks that equal members leave open. */
function rankOf(members: Float64Array, truth: number, stream: RandomStream, site: number): number {
  let [below, equal] = [0, 0];
  for (const member of members) {
    if (member < truth) below++;
    else if (member === truth) equal++;
  }
  return equal === 0 ? below : below + integerSource(stream, { site })(equal + 1);
}

/**
 * Σ (share - 1/B)² B of the B bins of a histogram: 0 when flat. Times N it is Pearson's χ² of N independent cases, so flat
 * truth gives about (B - 1)/N.
 */
export function rankHistogramUnevenness(shares: Float64Array): number {
  const even = 1 / shares.length;
  return shares.reduce((sum, share) => sum + (share - even) ** 2, 0) / even;
}
