import { requireMembers } from "./case.js";
import { debiasedSquaredError, squaredError } from "./errors-of-mean.js";
import { rootMeanMetric, type Metric } from "./metric.js";
import { cellStatistic, varianceOf, type FieldStatistic } from "./statistic.js";

/**
 * Variance of the members with divisor M - 1, which makes it unbiased. In squared units of the channel.
 *
 * @throws NextscaleError `invalid-argument` for fewer than 2 members
 */
export const ensembleVariance: FieldStatistic = cellStatistic("ensemble-variance", varianceOf, ({ members }) =>
  requireMembers("weather/spread", members, 2),
);

/** (M + 1)/M s²: what the squared error of the mean of M members would be were the truth one more of them. */
const expectedSquaredError: FieldStatistic = cellStatistic(
  "expected-squared-error",
  (members) => (varianceOf(members) * (members.length + 1)) / members.length,
  ({ members }) => requireMembers("weather/spreadSkillRatio", members, 2),
);

/** √ mean s², s² of divisor M - 1: variances are averaged, the root is last (Fortin et al. 2014). */
export function spread(): Metric {
  return rootMeanMetric("spread", ensembleVariance);
}

/** √ mean (x̄ - y)²: the RMSE of the ensemble mean under the name it has beside the spread. */
export function skill(): Metric {
  return rootMeanMetric("skill", squaredError);
}

/**
 * Spread over skill: 1 for a reliable ensemble, less when it is too narrow.
 *
 * - `"inflated-spread"`: √((M + 1)/M mean s² / mean (x̄ - y)²) (Fortin et al. 2014; geoarches).
 * - `"debiased-skill"`: √(mean s² / mean ((x̄ - y)² - s²/M)), the same for infinitely many members (WeatherBench-X). The
 *   denominator can be negative for few cases, and the ratio is NaN then.
 *
 * Both are 1 together, and the second is the further from 1 otherwise.
 *
 * @throws NextscaleError `invalid-argument`, when a case is added, for fewer than 2 members
 */
export function spreadSkillRatio(form: "inflated-spread" | "debiased-skill" = "inflated-spread"): Metric {
  const inflated = form === "inflated-spread";
  const spreadPart = inflated ? expectedSquaredError : ensembleVariance;
  const skillPart = inflated ? squaredError : debiasedSquaredError;
  return {
    name: `spread-skill(${form})`,
    statistics: [spreadPart, skillPart],
    value: (mean) => Math.sqrt(mean(spreadPart)[0]! / mean(skillPart)[0]!),
  };
}
