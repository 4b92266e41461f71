import { cellCount, invalid, requireMembers, type FieldLayout } from "./case.js";
import { meanMetric, rootMeanMetric, type Metric } from "./metric.js";
import { cellStatistic, ensembleMean, meanOf, varianceOf, type FieldStatistic } from "./statistic.js";

/*
 * Errors of the ensemble mean, which for a deterministic forecast is its one member. Σ w f / Σ w over the area, then
 * the mean over starts, then the root (WeatherBench 2, `metrics.py`; the other order is its `...SqrtBeforeTimeAvg`).
 */

/** (x̄ - y)², in squared units of the channel. */
export const squaredError: FieldStatistic = cellStatistic("squared-error", (members, truth) => {
  return (meanOf(members) - truth) ** 2;
});

/** x̄ - y. */
export const signedError: FieldStatistic = cellStatistic("error", (members, truth) => meanOf(members) - truth);

/** |x̄ - y|. */
export const absoluteError: FieldStatistic = cellStatistic("absolute-error", (members, truth) => {
  return Math.abs(meanOf(members) - truth);
});

/**
 * (x̄ - y)² - s²/M with s² of divisor M - 1: an unbiased estimate of the squared error of the mean of infinitely many
 * members, negative for some cases.
 *
 * @throws NextscaleError `invalid-argument` for fewer than 2 members
 */
export const debiasedSquaredError: FieldStatistic = cellStatistic(
  "debiased-squared-error",
  (members, truth) => (meanOf(members) - truth) ** 2 - varianceOf(members) / members.length,
  ({ members }) => requireMembers("weather/debiasedSquaredError", members, 2),
);

/** √ mean (x̄ - y)². Of M members drawn from the truth's own distribution it is √(1 + 1/M) times that of infinitely many. */
export function rmse(): Metric {
  return rootMeanMetric("rmse", squaredError);
}

/**
 * √ mean ((x̄ - y)² - s²/M), the RMSE without the share that is due to the few members (`frmse` of geoarches); NaN where
 * the mean is negative, which takes very few starts.
 */
export function debiasedRmse(): Metric {
  return rootMeanMetric("debiased-rmse", debiasedSquaredError);
}

/** Mean x̄ - y: positive where the forecast is too high. */
export function bias(): Metric {
  return meanMetric("bias", signedError);
}

/** Mean |x̄ - y|. The ensemble mean does not minimise it (the median does): for ensembles read the CRPS. */
export function mae(): Metric {
  return meanMetric("mae", absoluteError);
}

/** Two channels that are a vector: wind components. */
export interface VectorChannels {
  /** Name of the output. */
  readonly name: string;
  /** Channel of the eastward component. */
  readonly u: string;
  /** Channel of the northward component, same unit. */
  readonly v: string;
}

/**
 * √ mean (Δu² + Δv²) of the ensemble mean (`wind_vector_rmse` of WeatherBench 2).
 *
 * @throws NextscaleError `invalid-argument`, on the first case, when a channel is not in the layout
 */
export function vectorRmse(...vectors: readonly VectorChannels[]): Metric {
  const statistic: FieldStatistic = {
    kind: "field",
    name: `vector-squared-error(${vectors.map(({ name, u, v }) => `${name}=${u},${v}`).join(";")})`,
    outputs: vectors.map((vector) => vector.name),
    compute({ members, truth }, layout) {
      const cells = cellCount(layout);
      const mean = ensembleMean(members);
      const values = new Float64Array(vectors.length * cells);
      vectors.forEach(({ u, v }, output) => {
        for (const channel of [channelNumber(layout, u), channelNumber(layout, v)]) {
          for (let cell = 0; cell < cells; cell++) {
            const at = channel * cells + cell;
            values[output * cells + cell]! += (mean[at]! - truth[at]!) ** 2;
          }
        }
      });
      return values;
    },
  };
  return rootMeanMetric("vector-rmse", statistic);
}

function channelNumber({ channels }: FieldLayout, name: string): number {
  const channel = channels.indexOf(name);
  if (channel < 0) throw invalid("weather/vectorRmse", `one of the channels ${channels.join(", ")}`, name);
  return channel;
}
