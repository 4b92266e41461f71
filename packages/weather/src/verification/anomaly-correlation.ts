import { requireClimatology, type ForecastCase } from "./case.js";
import type { Metric } from "./metric.js";
import { ensembleMean, meansOverCells, type AreaStatistic, type FieldStatistic } from "./statistic.js";

/*
 * Anomaly correlation of the ensemble mean f with the truth y about the climatology c of the valid time:
 * <(f - c)(y - c)> / √(<(f - c)²><(y - c)²>), anomalies not centred (the mean anomaly of the area stays in).
 */

const WHERE = "weather/anomalyCorrelation";

interface Anomalies {
  readonly forecast: Float64Array;
  readonly truth: Float64Array;
}

/** Anomalies of the ensemble mean and the truth, NaN where either has none. */
function anomaliesOf(forecast: ForecastCase): Anomalies {
  const climatology = requireClimatology(WHERE, forecast);
  const mean = ensembleMean(forecast.members);
  const usable = (at: number): boolean => !Number.isNaN(mean[at]! + forecast.truth[at]! + climatology[at]!);
  const less = (field: ArrayLike<number>): Float64Array =>
    Float64Array.from(climatology, (normal, at) => (usable(at) ? field[at]! - normal : Number.NaN));
  return { forecast: less(mean), truth: less(forecast.truth) };
}

function product(name: string, of: (forecast: number, truth: number) => number): FieldStatistic {
  return {
    kind: "field",
    name,
    compute(forecast) {
      const anomalies = anomaliesOf(forecast);
      return anomalies.forecast.map((value, at) => of(value, anomalies.truth[at]!));
    },
  };
}

const covariance = product("anomaly-covariance", (forecast, truth) => forecast * truth);
const forecastVariance = product("forecast-anomaly-variance", (forecast) => forecast ** 2);
const truthVariance = product("truth-anomaly-variance", (_forecast, truth) => truth ** 2);

/** The correlation over the area of each start; NaN and left out where an anomaly is 0 everywhere. */
const correlationOfStart: AreaStatistic = {
  kind: "area",
  name: "anomaly-correlation-of-start",
  compute(forecast, _layout, weights) {
    const anomalies = anomaliesOf(forecast);
    const over = (of: (forecast: number, truth: number) => number) =>
      meansOverCells(
        anomalies.forecast.map((value, at) => of(value, anomalies.truth[at]!)),
        weights,
      );
    const shared = over((x, y) => x * y);
    const forecastSquares = over((x) => x ** 2).means;
    const truthSquares = over((_x, y) => y ** 2).means;
    const means = shared.means.map(
      (value, output) => value / Math.sqrt(forecastSquares[output]! * truthSquares[output]!),
    );
    return { components: 1, means, weights: shared.weights };
  },
};

/**
 * Anomaly correlation, from -1 to 1. Cases need their climatology.
 *
 * - `"mean-of-starts"`: the correlation of each start, then their mean: that of WeatherBench 2.
 * - `"sums-first"`: the three means over area and starts, then the ratio: that of WeatherBench-X. Starts with large
 *   anomalies weigh more, and it lies closer to what an RMSE tells.
 *
 * The two differ by a few thousandths on global fields and by more on small regions. A noisy ensemble mean lowers both:
 * few members give a lower correlation than many.
 *
 * @throws NextscaleError `invalid-argument`, when a case is added, for one without climatology
 */
export function anomalyCorrelation(aggregation: "mean-of-starts" | "sums-first" = "mean-of-starts"): Metric {
  const name = `acc(${aggregation})`;
  if (aggregation === "mean-of-starts") {
    return { name, statistics: [correlationOfStart], value: (mean) => mean(correlationOfStart)[0]! };
  }
  return {
    name,
    statistics: [covariance, forecastVariance, truthVariance],
    value: (mean) => mean(covariance)[0]! / Math.sqrt(mean(forecastVariance)[0]! * mean(truthVariance)[0]!),
  };
}
