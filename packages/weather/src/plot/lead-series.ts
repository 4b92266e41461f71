import type { Score } from "../verification/aggregator.js";
import { invalid } from "../verification/case.js";

/** Scores of one metric, region and output, in the order of lead. */
export interface LeadSeries {
  readonly hours: readonly number[];
  /** NaN where everything was masked. */
  readonly values: readonly number[];
  /** What puts anything that is parallel to the scores into their order. */
  readonly order: readonly number[];
}

/**
 * A curve over lead.
 *
 * @throws NextscaleError `invalid-argument` for no scores, or scores of several metrics, regions or outputs, or two of one lead
 */
export function leadSeries(where: string, what: string, scores: readonly Score[]): LeadSeries {
  const kinds = new Set(scores.map(({ metric, region, output }) => `${metric} of ${output}, ${region}`));
  if (kinds.size !== 1) {
    throw invalid(where, `scores of ${what} of one metric, output and region`, [...kinds].join("; ") || "none");
  }
  const order = [...scores.keys()].sort((a, b) => scores[a]!.leadHours - scores[b]!.leadHours);
  const hours = order.map((i) => scores[i]!.leadHours);
  const twice = hours.find((lead, i) => lead === hours[i - 1]);
  if (twice !== undefined) throw invalid(where, `one score of ${what} for each lead`, `two for ${twice} hours`);
  return { hours, values: order.map((i) => scores[i]!.value), order };
}

/** Leads beyond this are told in days. */
const LONGEST_IN_HOURS = 48;

/** The axis of leads: in days, or in hours for a short forecast. */
export function leadAxis(series: readonly LeadSeries[]) {
  const days = series.some(({ hours }) => hours.at(-1)! > LONGEST_IN_HOURS);
  return {
    name: days ? "Lead (days)" : "Lead (hours)",
    leadOf: ({ hours }: LeadSeries) => (days ? hours.map((lead) => lead / 24) : hours),
  };
}
