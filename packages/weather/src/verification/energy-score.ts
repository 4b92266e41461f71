import { invalid, cellCount, requireMembers } from "./case.js";
import { meanMetric, type Metric } from "./metric.js";
import { sumOf, type AreaStatistic } from "./statistic.js";

const WHERE = "weather/energyScore";

/**
 * Energy score, 1/M Σ ‖xᵢ - y‖ - 1/(2K) Σᵢⱼ ‖xᵢ - xⱼ‖ over all pairs of members, with ‖f‖ = √(Σ w f² / Σ w) over the cells of
 * the region and the channel: a CRPS for whole fields, which also tells wrong correlations between cells (Gneiting,
 * Raftery 2007). In the unit of the channel, smaller is better; the mean over starts of the score of each.
 *
 * K = M(M - 1) is fair: its expectation does not depend on M. K = M² is too hard on small
 * ensembles, by the mean distance of two members over 2M. (geoarches takes all pairs too; WeatherBench 2 only neighbours
 * in the list, which has the same expectation and more noise.) Time grows as M².
 *
 * @throws NextscaleError `invalid-argument`, when a case is added, for one member unless `estimator` is `biased`
 */
export function energyScore(estimator: "fair" | "biased" = "fair"): Metric {
  if (estimator !== "fair" && estimator !== "biased") throw invalid(WHERE, "fair or biased", String(estimator));
  const statistic: AreaStatistic = {
    kind: "area",
    name: `energy-score(${estimator})`,
    compute({ members, truth }, layout, weights) {
      requireMembers(WHERE, members, estimator === "fair" ? 2 : 1);
      const cells = cellCount(layout);
      const means = new Float64Array(layout.channels.length);
      const shares = new Float64Array(means.length);
      const total = sumOf(weights);
      for (let channel = 0; channel < means.length; channel++) {
        // A cell that is masked in one field is left out of all distances: they are norms on one set of cells.
        const usable: number[] = [];
        for (let cell = 0; cell < cells; cell++) {
          const at = channel * cells + cell;
          const masked = Number.isNaN(truth[at]!) || members.some((member) => Number.isNaN(member[at]!));
          if (weights[cell]! > 0 && !masked) usable.push(cell);
        }
        const weight = usable.reduce((sum, cell) => sum + weights[cell]!, 0);
        // Weights go into the fields, so that a distance is a plain norm.
        const scaled = (field: Float32Array): Float64Array =>
          Float64Array.from(usable, (cell) => field[channel * cells + cell]! * Math.sqrt(weights[cell]! / weight));
        means[channel] = usable.length === 0 ? Number.NaN : scoreOf(members.map(scaled), scaled(truth), estimator);
        shares[channel] = weight / total;
      }
      return { components: 1, means, weights: shares };
    },
  };
  return meanMetric(statistic.name, statistic);
}

function scoreOf(members: readonly Float64Array[], truth: Float64Array, estimator: "fair" | "biased"): number {
  const count = members.length;
  let [toTruth, between] = [0, 0];
  members.forEach((member, i) => {
    toTruth += distance(member, truth);
    for (let j = 0; j < i; j++) between += distance(member, members[j]!);
  });
  const pairs = estimator === "fair" ? count * (count - 1) : count ** 2;
  return toTruth / count - between / pairs;
}

function distance(a: Float64Array, b: Float64Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(squares);
}
