import { createAggregator, type Aggregator, type Score } from "../verification/aggregator.js";
import { anomalyCorrelation } from "../verification/anomaly-correlation.js";
import type { FieldLayout } from "../verification/case.js";
import { crps } from "../verification/crps.js";
import { bias, rmse } from "../verification/errors-of-mean.js";
import type { Metric } from "../verification/metric.js";
import { rankHistogram, rankHistogramUnevenness } from "../verification/rank-histogram.js";
import { spread, spreadSkillRatio } from "../verification/spread-skill.js";
import { zonalSpectrum } from "../verification/zonal-spectrum.js";

/** Scores of a channel at a lead, over the globe and all starts, in the channel's units. NaN where all was masked. */
export interface LeadScore {
  readonly leadHours: number;
  readonly channel: string;
  readonly starts: number;
  /** Share of area and starts that was masked. */
  readonly maskedShare: number;
  /** Fair CRPS; of a single field, its absolute error. */
  readonly crps: number;
  /** Of the ensemble mean. */
  readonly rmse: number;
  readonly bias: number;
  /** Of an ensemble. */
  readonly spread?: number;
  /** `spreadSkillRatio`: 1 for a reliable ensemble. */
  readonly spreadSkill?: number;
  /** Share of each rank of the truth among the members. */
  readonly ranks?: readonly number[];
  /** `rankHistogramUnevenness` of them: 0 when flat. */
  readonly rankUnevenness?: number;
  /** Anomaly correlation of the ensemble mean, where there is a climatology. */
  readonly acc?: number;
}

/** Zonal spectra of a channel at a lead, by wavenumber from 0. */
export interface LeadSpectrum {
  readonly leadHours: number;
  readonly channel: string;
  readonly truth: readonly number[];
  /** Mean of the spectra of members. */
  readonly members: readonly number[];
}

/** Which scores to take. */
export interface LeadScorerOptions {
  /** Several members, or one field. */
  readonly kind: "ensemble" | "single";
  /** Cases come with a climatology. */
  readonly anomalies?: boolean;
  /** Ranks, for which all cases must have the same number of members. */
  readonly ranks?: boolean;
  /** Spectra, for a grid that goes round the globe. */
  readonly spectra?: boolean;
}

/** An aggregator of the usual scores, and what they are so far. */
export interface LeadScorer {
  readonly aggregator: Aggregator;
  scores(): LeadScore[];
  spectra(): LeadSpectrum[];
}

const RMSE = rmse();
const BIAS = bias();
const SPREAD = spread();
const SPREAD_SKILL = spreadSkillRatio();
const ACC = anomalyCorrelation();
/** Ties are broken the same way in every report. */
const RANKS = rankHistogram({ seed: 0 });
const TRUTH_SPECTRUM = zonalSpectrum("truth");
const MEMBER_SPECTRUM = zonalSpectrum("members");

/** Takes the scores that a forecast is judged by. */
export function leadScorer(layout: FieldLayout, options: LeadScorerOptions): LeadScorer {
  const { kind, anomalies = false, ranks = false, spectra = false } = options;
  const isEnsemble = kind === "ensemble";
  const score = crps(isEnsemble ? 1 : 0);
  const metrics: Metric<unknown>[] = [
    ...[score, RMSE, BIAS],
    ...(isEnsemble ? [SPREAD, SPREAD_SKILL] : []),
    ...(isEnsemble && ranks ? [RANKS] : []),
    ...(anomalies ? [ACC] : []),
    ...(spectra ? [TRUTH_SPECTRUM, MEMBER_SPECTRUM] : []),
  ];
  const aggregator = createAggregator({ layout, metrics });
  return {
    aggregator,
    scores() {
      const of = finder(aggregator);
      return aggregator.scores(score).map((one): LeadScore => {
        const shares = isEnsemble && ranks ? of(RANKS, one) : undefined;
        return {
          leadHours: one.leadHours,
          channel: one.output,
          starts: one.starts,
          maskedShare: one.maskedShare,
          crps: one.value,
          rmse: of(RMSE, one),
          bias: of(BIAS, one),
          ...(isEnsemble ? { spread: of(SPREAD, one), spreadSkill: of(SPREAD_SKILL, one) } : {}),
          ...(shares === undefined
            ? {}
            : { ranks: Array.from(shares, rounded), rankUnevenness: rankHistogramUnevenness(shares) }),
          ...(anomalies ? { acc: of(ACC, one) } : {}),
        };
      });
    },
    spectra() {
      if (!spectra) return [];
      const of = finder(aggregator);
      return aggregator.scores(TRUTH_SPECTRUM).map((one) => ({
        leadHours: one.leadHours,
        channel: one.output,
        truth: Array.from(one.value, rounded),
        members: Array.from(of(MEMBER_SPECTRUM, one), rounded),
      }));
    },
  };
}

/** Values of metrics in the bin of a score. */
function finder(aggregator: Aggregator) {
  const tables = new Map<string, readonly Score<unknown>[]>();
  return <Value>(metric: Metric<Value>, { leadHours, output }: Pick<Score, "leadHours" | "output">): Value => {
    const table = tables.get(metric.name) ?? aggregator.scores(metric);
    tables.set(metric.name, table);
    return table.find((one) => one.leadHours === leadHours && one.output === output)!.value as Value;
  };
}

/** Curves fill reports: six digits are more than they are known to. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
