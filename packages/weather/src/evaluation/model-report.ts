import type { ClimateDrift } from "./climate-drift.js";
import type { CodingReport } from "./coding-report.js";
import type { LeadScore, LeadSpectrum } from "./lead-scores.js";

/** Scores of a model or a baseline. */
export interface SystemReport {
  readonly name: string;
  /** Members; 1 for a single field, whose CRPS is its absolute error. */
  readonly kind: "ensemble" | "single";
  readonly starts: number;
  readonly scores: readonly LeadScore[];
  /** Of an ensemble on a grid that goes round the globe. */
  readonly spectra: readonly LeadSpectrum[];
}

/** A model that was evaluated. */
export interface EvaluatedModel {
  /** As among the systems. */
  readonly name: string;
  readonly hash: string;
  readonly trainedOn: string;
  readonly trainingSeed: number;
  readonly engine: string;
  /** What the network is asked: the kind of `HeadConfig`. */
  readonly head: string;
  /** Passes through the network for a step of a member. */
  readonly networkEvaluations: number;
  readonly stepHours: number;
  readonly sharpness: readonly number[];
  /** Mean time of a forecast of all members to the last lead, without scoring, in milliseconds. */
  readonly forecastMs: number;
  /** Share of all members that left what the climate allows before the last lead. */
  readonly unstableShare: number;
  /** Of forecasts of 60 days or more, by channel; none of shorter ones. */
  readonly drift: readonly ClimateDrift[];
  /** How well the codes can say what happened, and how likely the model thought it; of a model that has codes. */
  readonly coding?: CodingReport;
}

/** All figures of a model. Leads are whole days. */
export interface ForecastModelReport {
  /** The model, then those beside it. */
  readonly models: readonly [EvaluatedModel, ...EvaluatedModel[]];
  readonly truth: { readonly name: string; readonly sha256: string };
  readonly archive?: { readonly name: string; readonly sha256: string };
  readonly seed: number;
  readonly members: number;
  readonly leadHours: readonly number[];
  /** Of the perfect-model ensemble, m2/s2. */
  readonly analysisError?: number;
  /** The model, those beside it, and the baselines. */
  readonly systems: readonly SystemReport[];
}
