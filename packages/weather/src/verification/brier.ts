import { cellCount, invalid, requireMembers, type FieldLayout } from "./case.js";
import { meanMetric, type Metric } from "./metric.js";
import { cellStatistic, gatherMembers, sumOf, type AreaStatistic } from "./statistic.js";

/** The event "above a threshold": one value for each channel by its name, in the channel's unit. */
export type Thresholds = Readonly<Record<string, number>>;

const WHERE = "weather/brier";

/**
 * Brier score of the event x > threshold, mean (p - o)² with p the share of the members above and o = 1 where the truth is:
 * 0 to 1, smaller is better.
 *
 * `biased` is the score of the shares as they are. `fair` subtracts p(1 - p)/(M - 1), so its expectation does not depend on
 * the number of members (Ferro 2014).
 *
 * @throws NextscaleError `invalid-argument`, when a case is added, for a channel without threshold, or one member if fair
 */
export function brierScore(thresholds: Thresholds, estimator: "fair" | "biased" = "fair"): Metric {
  if (estimator !== "fair" && estimator !== "biased") throw invalid(WHERE, "fair or biased", String(estimator));
  const limits: number[] = [];
  const statistic = cellStatistic(
    `brier(${JSON.stringify(thresholds)},${estimator})`,
    (members, truth, channel) => {
      const probability = shareAbove(members, limits[channel]!);
      const error = (probability - (truth > limits[channel]! ? 1 : 0)) ** 2;
      return estimator === "biased" ? error : error - (probability * (1 - probability)) / (members.length - 1);
    },
    ({ members }, layout) => {
      requireMembers(WHERE, members, estimator === "fair" ? 2 : 1);
      limits.splice(0, Infinity, ...limitsOf(thresholds, layout));
    },
  );
  return meanMetric(statistic.name, statistic);
}

/** Forecast probabilities against what came of them, by bins of the probability. */
export interface ReliabilityCurve {
  /** Share of area and starts in each bin. */
  readonly share: Float64Array;
  /** Mean forecast probability of each bin; NaN in an empty one. */
  readonly probability: Float64Array;
  /** Observed frequency of the event in each bin; equal to the probability for a reliable forecast. */
  readonly frequency: Float64Array;
  /** Σ share (probability - frequency)², 0 for a reliable forecast (Murphy 1973). Few cases in a bin inflate it. */
  readonly reliability: number;
  /** Σ share (frequency - base rate)²: what the forecast tells apart. */
  readonly resolution: number;
  /** base rate (1 - base rate): the biased Brier score is reliability - resolution + this, up to spread within bins. */
  readonly uncertainty: number;
}

/**
 * Reliability of the event x > threshold. Bin b of B holds forecast probabilities from b/B up to (b + 1)/B.
 *
 * @param bins 10 unless told; M + 1 keeps every probability of M members in a bin of its own
 * @throws NextscaleError `invalid-argument` for fewer than 2 bins and, when a case is added, for a channel without threshold
 */
export function reliability(thresholds: Thresholds, bins = 10): Metric<ReliabilityCurve> {
  if (!Number.isInteger(bins) || bins < 2) throw invalid("weather/reliability", "at least 2 bins", `${bins}`);
  const statistic: AreaStatistic = {
    kind: "area",
    name: `reliability(${JSON.stringify(thresholds)},bins=${bins})`,
    compute(forecast, layout, weights) {
      const limits = limitsOf(thresholds, layout);
      const cells = cellCount(layout);
      const members = new Float64Array(forecast.members.length);
      const means = new Float64Array(limits.length * 3 * bins);
      const shares = new Float64Array(limits.length);
      limits.forEach((limit, channel) => {
        const own = means.subarray(channel * 3 * bins, (channel + 1) * 3 * bins);
        let weight = 0;
        for (let cell = 0; cell < cells; cell++) {
          const at = channel * cells + cell;
          if (weights[cell] === 0 || !gatherMembers(forecast, at, members)) continue;
          const probability = shareAbove(members, limit);
          // 0.29 times 100 is 28.999999999999996.
          const bin = Math.min(bins - 1, Math.floor(probability * bins + 1e-9));
          own[bin]! += weights[cell]!;
          own[bins + bin]! += weights[cell]! * probability;
          if (forecast.truth[at]! > limit) own[2 * bins + bin]! += weights[cell]!;
          weight += weights[cell]!;
        }
        own.forEach((value, i) => (own[i] = value / weight));
        shares[channel] = weight / sumOf(weights);
      });
      return { components: 3 * bins, means, weights: shares };
    },
  };
  return { name: statistic.name, statistics: [statistic], value: (mean) => curveOf(mean(statistic), bins) };
}

function curveOf(means: Float64Array, bins: number): ReliabilityCurve {
  const share = means.slice(0, bins);
  const probability = share.map((value, bin) => means[bins + bin]! / value);
  const frequency = share.map((value, bin) => means[2 * bins + bin]! / value);
  const baseRate = sumOf(means.subarray(2 * bins));
  const overBins = (of: (bin: number) => number): number =>
    share.reduce((sum, value, bin) => (value === 0 ? sum : sum + value * of(bin)), 0);
  return {
    share,
    probability,
    frequency,
    reliability: overBins((bin) => (probability[bin]! - frequency[bin]!) ** 2),
    resolution: overBins((bin) => (frequency[bin]! - baseRate) ** 2),
    uncertainty: baseRate * (1 - baseRate),
  };
}

function shareAbove(members: Float64Array, limit: number): number {
  let above = 0;
  for (const member of members) if (member > limit) above++;
  return above / members.length;
}

function limitsOf(thresholds: Thresholds, { channels }: FieldLayout): number[] {
  return channels.map((channel) => {
    const limit = thresholds[channel];
    if (limit === undefined || !Number.isFinite(limit)) {
      throw invalid(WHERE, `a finite threshold for channel ${channel}`, String(limit));
    }
    return limit;
  });
}
