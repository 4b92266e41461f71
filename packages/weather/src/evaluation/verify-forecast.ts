import { NextscaleError } from "@nextscale/engine";
import { untilSignalsAreSeen } from "@nextscale/refinement-core";
import type { Analyses } from "../data/analyses.js";
import type { FieldSeries } from "../training/field-series.js";
import { HOUR } from "../verification/case.js";
import { climatologyAt } from "../verification/climatology.js";
import { climateOf } from "./climate.js";
import type { ForecastFile } from "./forecast-file.js";
import { leadScorer, type LeadScore } from "./lead-scores.js";

/** What a forecast is verified against. */
export interface VerifyForecastOptions {
  readonly truth: Analyses;
  /** Other years of the same fields, for the anomaly correlation, and, where they are two or more, the climatology ensemble. */
  readonly climate?: FieldSeries;
  readonly signal?: AbortSignal;
  /** Called after every lead. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Scores of a forecast by lead and channel. */
export interface ForecastVerification {
  readonly members: number;
  /** ISO 8601, UTC. */
  readonly starts: readonly string[];
  readonly scores: readonly LeadScore[];
  /** The climatology ensemble, on the same starts and leads, where it always has two members or more. */
  readonly climatology?: readonly LeadScore[];
  /** Leads, of all starts, for which the truth has no field. */
  readonly unverified: number;
}

const WHERE = "weather/verifyForecast";

/**
 * Verifies the ensembles of a file, one lead of a start at a time.
 *
 * @throws NextscaleError `missing-data` when the truth has none of the valid times or the climate no other years,
 *   `invalid-argument` for fewer than two members, `invalid-data` for infinite values; AbortError when the signal aborts
 */
export async function verifyForecast(
  forecast: ForecastFile,
  { truth, climate, signal, onProgress }: VerifyForecastOptions,
): Promise<ForecastVerification> {
  const { layout, starts, leadHours, members } = forecast;
  const at = new Map(Array.from(truth.times, (time, i) => [time, i]));
  const usual = climate === undefined ? undefined : climateOf(climate);
  const scorer = leadScorer(layout, { kind: "ensemble", ranks: true, anomalies: usual !== undefined });
  const reference = leadScorer(layout, { kind: "ensemble" });
  const total = starts.length * leadHours.length;
  let [done, unverified] = [0, 0];
  let hasReference = true;
  for (const [s, start] of starts.entries()) {
    for (const [l, lead] of leadHours.entries()) {
      await untilSignalsAreSeen();
      signal?.throwIfAborted();
      const valid = start + lead * HOUR;
      const index = at.get(valid);
      if (index === undefined) {
        unverified += 1;
      } else {
        const field = await truth.read(index);
        const base = { start, leadHours: lead, truth: field };
        const normal = usual === undefined ? {} : { climatology: climatologyAt(usual.mean, valid) };
        scorer.aggregator.add({ ...base, members: await forecast.read(s, l), ...normal });
        const years = usual?.ensemble(start, lead) ?? [];
        if (years.length > 1) reference.aggregator.add({ ...base, members: years });
        else hasReference = false;
      }
      onProgress?.((done += 1), total);
    }
  }
  if (unverified === total) throw nothingToVerify(forecast, truth);
  return {
    members,
    starts: Array.from(starts, (start) => new Date(start).toISOString()),
    scores: scorer.scores(),
    ...(hasReference ? { climatology: reference.scores() } : {}),
    unverified,
  };
}

function nothingToVerify({ starts, leadHours }: ForecastFile, { times }: Analyses): NextscaleError {
  const iso = (time: number | undefined) => (time === undefined ? "never" : new Date(time).toISOString());
  const [first, last] = [starts[0]! + leadHours[0]! * HOUR, starts.at(-1)! + leadHours.at(-1)! * HOUR];
  return new NextscaleError({
    code: "missing-data",
    where: WHERE,
    expected: `analyses between ${iso(first)} and ${iso(last)}`,
    got: `times from ${iso(times[0])} to ${iso(times.at(-1))}`,
    fix: "choose the truth of the forecast's time",
  });
}
