import type { Engine } from "@nextscale/engine";
import { NextscaleError } from "@nextscale/engine";
import { createForecastModel, type ForecastModelContent } from "../model/create-forecast-model.js";
import { requireDisjoint, requireSeries } from "../training/require-series.js";
import type { ForecastModel } from "../model/forecast-model.js";
import { layoutOfModel } from "../model/layout-of-model.js";
import type { WeatherModelConfig } from "../config/config.js";
import type { FieldSeries } from "../training/field-series.js";
import { seriesFields, startsOf } from "../training/series-fields.js";
import {
  climatologyMean,
  dampedAnomaly,
  fitDamping,
  persistence,
  type Damping,
  type FieldSource,
} from "../verification/baselines.js";
import { HOUR } from "../verification/case.js";
import type { Climatology } from "../verification/climatology.js";
import { climateOf } from "./climate.js";
import { drifting } from "./climate-drift.js";
import { codingOf } from "./coding-report.js";
import { evaluateSystem } from "./evaluate-system.js";
import { forecasterSystem, modelSystem, type ForecastSystem } from "./forecast-system.js";
import { leadScorer } from "./lead-scores.js";
import type { EvaluatedModel, ForecastModelReport, SystemReport } from "./model-report.js";
import { perfectSystem, type SimulatorStates } from "./perfect-system.js";
import { ridgeEnsemble } from "./ridge-ensemble.js";
import { interruptible, observed } from "./wrapped-systems.js";

/** What a model is held against, and how. */
export interface EvaluateForecastModelOptions {
  /** A trained model: what `readForecastModel` gives. */
  readonly content: ForecastModelContent;
  /** Other models for the same table: of the same channels, grid and step. */
  readonly beside?: readonly { readonly name: string; readonly content: ForecastModelContent }[];
  /** Stays open. */
  readonly engine: Engine;
  /** Analyses that the model was neither trained nor calibrated on. */
  readonly truth: FieldSeries;
  /** Years that the model was trained on, for the baselines: at least one, and three for the climatology ensemble. */
  readonly archive?: FieldSeries;
  /** For truth out of the simulator: its states at the times of the truth, for the perfect-model ensemble. */
  readonly perfect?: {
    readonly states: SimulatorStates;
    /** Starts, at most: the simulator is slower than most models. */
    readonly starts: number;
    /** Standard deviation of the error of the analysis in z500, m2/s2. */
    readonly analysisError: number;
  };
  /** Starts, spread over the truth, at most. */
  readonly starts: number;
  readonly members: number;
  readonly days: number;
  readonly seed: number;
  readonly sharpness?: readonly number[];
  readonly signal?: AbortSignal;
  /** Called with what is being evaluated and the starts that are done. */
  readonly onProgress?: (stage: string, done: number, total: number) => void;
}

const WHERE = "weather/evaluateForecastModel";

/** Pairs of fields that a damping factor is fitted to, at most. */
const DAMPING_PAIRS = 400;

/**
 * Holds a forecast model against baselines on the same starts: linear regression with bootstrapped errors, persistence, the damped
 * anomaly, climatology as a mean and as an ensemble, and above, where the truth comes from the simulator, the simulator itself.
 *
 * @throws NextscaleError `missing-data` for a truth without a start, `invalid-data` for data that is not the model's; as `ForecastModel.forecast`; AbortError or `interrupted` when
 *   the signal aborts
 */
export async function evaluateForecastModel(options: EvaluateForecastModelOptions): Promise<ForecastModelReport> {
  const { content, beside = [], engine, truth, archive, members, seed, perfect, onProgress } = options;
  const { stepHours } = content.config;
  const steps = Math.round((24 * options.days) / stepHours);
  const leads = scoredLeads(stepHours, steps);
  const layout = layoutOfModel(content.config);
  for (const series of archive === undefined ? [truth] : [truth, archive]) requireSeries(WHERE, series, content.config);
  if (archive !== undefined) requireDisjoint(WHERE, archive, truth);
  requireComparable(content, beside);
  const starts = requireStarts(startsOf(truth, options.starts, steps), options);
  const fields = seriesFields(truth);
  const reports: SystemReport[] = [];
  const evaluated = async (system: ForecastSystem, kind: SystemReport["kind"], from = starts): Promise<void> => {
    reports.push(await reportOf(system, kind, fields, from, leads, options));
  };
  const common = { engine, truth, members, seed, steps, starts, fields, evaluated, ...signalAndProgress(options) };
  const own = await evaluateModel("model", content, common, options.sharpness);
  const others: EvaluatedModel[] = [];
  for (const { name, content: other } of beside) others.push(await evaluateModel(name, other, common));
  if (archive !== undefined) {
    onProgress?.("fitting the baselines", 0, 1);
    if (content.config.anchor.kind !== "persistence") {
      const ridge = await ridgeEnsemble({ engine, model: content, archive, fields, steps, members, seed });
      await evaluated(ridge, "ensemble").finally(() => ridge.close());
    }
    const { mean, ensemble, years } = climateOf(archive);
    const damping = dampingOf(archive, mean, leads);
    await evaluated(forecasterSystem("damped anomaly", dampedAnomaly(fields, mean, damping), leads), "single");
    await evaluated(forecasterSystem("climatology mean", climatologyMean(mean), leads), "single");
    // The years of the first and the last day may be parts of one.
    if (years.length > 2) {
      await evaluated(forecasterSystem("climatology ensemble", ensemble, leads), "ensemble");
    }
  }
  await evaluated(forecasterSystem("persistence", persistence(fields), leads), "single");
  if (perfect !== undefined) {
    const { states, analysisError } = perfect;
    const system = perfectSystem({ layout, states, steps, stepHours, members, seed, analysisError });
    await evaluated(system, "ensemble", spreadOver(starts, perfect.starts));
  }
  return {
    models: [own, ...others],
    truth: { name: truth.name, sha256: truth.hash },
    ...(archive === undefined ? {} : { archive: { name: archive.name, sha256: archive.hash } }),
    ...{ seed, members, leadHours: leads },
    ...(perfect === undefined ? {} : { analysisError: perfect.analysisError }),
    systems: reports,
  };
}

type Watched = Pick<EvaluateForecastModelOptions, "signal" | "onProgress">;

/** Optional properties are there, or they are not. */
function signalAndProgress({ signal, onProgress }: Watched): Watched {
  return { ...(signal === undefined ? {} : { signal }), ...(onProgress === undefined ? {} : { onProgress }) };
}

type ModelEvaluation = Watched &
  Pick<EvaluateForecastModelOptions, "engine" | "truth" | "members" | "seed"> & {
    readonly steps: number;
    readonly starts: readonly number[];
    readonly fields: FieldSource;
    readonly evaluated: (system: ForecastSystem, kind: SystemReport["kind"]) => Promise<void>;
  };

/** Scores a model, and says what it is and what it costs. */
async function evaluateModel(
  name: string,
  content: ForecastModelContent,
  options: ModelEvaluation,
  sharpness: readonly number[] = content.config.sharpness,
): Promise<EvaluatedModel> {
  const { engine, truth, members, seed, signal, steps, starts, fields, evaluated } = options;
  const model = createForecastModel(content, { engine });
  try {
    const request = { name, fields, steps, members, seed, sharpness };
    await prepared(model, { fields, start: starts[0]!, members, seed });
    const {
      system: watched,
      milliseconds,
      unstableMembers,
    } = observed(modelSystem(model, { ...request, ...(signal === undefined ? {} : { signal }) }));
    const { system, drift } = drifting(watched, content, fields);
    await evaluated(system, "ensemble");
    const { hash, trainedOn, seed: trainingSeed, engine: engineName, networkEvaluations, config } = model;
    return {
      ...{ name, hash, trainedOn: trainedOn.name, trainingSeed, engine: engineName, head: config.head.kind },
      ...{ networkEvaluations, stepHours: config.stepHours, sharpness },
      forecastMs: milliseconds() / starts.length,
      unstableShare: unstableMembers() / (starts.length * members),
      drift: drift(),
      ...(config.head.kind === "categorical" ? { coding: await codingOf(model, truth, starts, options) } : {}),
    };
  } finally {
    await model.close();
  }
}

/** Makes a step, so that its programs are there when time is taken. */
async function prepared(
  model: ForecastModel,
  { fields, start, members, seed }: { fields: FieldSource; start: number; members: number; seed: number },
): Promise<void> {
  const system = modelSystem(model, { name: "", fields, steps: 1, members, seed });
  const steps = system.forecast(start)[Symbol.asyncIterator]();
  await steps.next();
}

async function reportOf(
  system: ForecastSystem,
  kind: SystemReport["kind"],
  truth: FieldSource,
  starts: readonly number[],
  leads: readonly number[],
  { truth: { layout }, signal, onProgress }: EvaluateForecastModelOptions,
): Promise<SystemReport> {
  // Years without a day leave the climatology a member short.
  const ranks = system.name !== "climatology ensemble";
  const spectra = kind === "ensemble" && layout.grid.periodic;
  const scorer = leadScorer(layout, { kind, ranks, spectra });
  const progress = (done: number, total: number) => onProgress?.(system.name, done, total);
  progress(0, starts.length);
  await evaluateSystem(
    interruptible(system, signal),
    { truth, starts, leads, onProgress: progress },
    scorer.aggregator,
  );
  return { name: system.name, kind, starts: starts.length, scores: scorer.scores(), spectra: scorer.spectra() };
}

/** Whole days, or every step of a forecast that has none. */
function scoredLeads(stepHours: number, steps: number): readonly number[] {
  const all = Array.from({ length: steps }, (_, i) => (i + 1) * stepHours);
  const days = all.filter((lead) => lead % 24 === 0);
  return days.length > 0 ? days : all;
}

function requireStarts(
  starts: readonly number[],
  { truth, days }: Pick<EvaluateForecastModelOptions, "truth" | "days">,
): readonly number[] {
  if (starts.length > 0) return starts;
  throw new NextscaleError({
    code: "missing-data",
    where: WHERE,
    expected: `analyses over ${days} days at steps of the model`,
    got: `${truth.times.length} times in ${truth.name}`,
    fix: "choose a longer truth or fewer days",
  });
}

function spreadOver(starts: readonly number[], most: number): readonly number[] {
  if (starts.length <= most) return starts;
  return Array.from({ length: most }, (_, i) => starts[Math.floor((i * starts.length) / most)]!);
}

/** Factors of the anomalies over the leads, from pairs that are spread over the archive. */
function dampingOf(archive: FieldSeries, mean: Climatology, leads: readonly number[]): Damping {
  const fields = seriesFields(archive);
  const fit = fitDamping(mean);
  for (const lead of leads) {
    for (const start of startsOf(archive, DAMPING_PAIRS, lead / archive.stepHours)) {
      fit.add(start, lead, fields(start)!, fields(start + lead * HOUR)!);
    }
  }
  return fit.finish();
}

/** Systems that are there besides models, by which tables find them. */
const RESERVED = ["model", "ridge + bootstrapped errors", "damped anomaly", "climatology mean", "climatology ensemble", "persistence", "perfect model"]; // prettier-ignore

/** @throws NextscaleError `invalid-argument` for models of other data than the first, or of one name */
function requireComparable(
  { config, hash }: ForecastModelContent,
  beside: NonNullable<EvaluateForecastModelOptions["beside"]>,
): void {
  const refuse = (expected: string, got: string) =>
    new NextscaleError({ code: "invalid-argument", where: WHERE, expected, got });
  const states = ({ grid, channels, stepHours }: WeatherModelConfig) => JSON.stringify([grid, channels, stepHours]);
  const names = new Set<string>(RESERVED);
  for (const { name, content } of beside) {
    if (names.has(name)) throw refuse("a name of its own for each model", `${name} again`);
    names.add(name);
    if (content.hash === hash) throw refuse("other models", `${name}, which is the model itself`);
    if (states(content.config) === states(config)) continue;
    throw refuse(`models of the same grid, channels and step as the first`, `others in ${name}`);
  }
}
