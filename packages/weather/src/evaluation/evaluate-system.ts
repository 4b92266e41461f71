import type { Aggregator } from "../verification/aggregator.js";
import type { FieldSource } from "../verification/baselines.js";
import { HOUR } from "../verification/case.js";
import { climatologyAt, type Climatology } from "../verification/climatology.js";
import { analysisAt, type ForecastSystem } from "./forecast-system.js";

/** What a system is held against. */
export interface EvaluationOptions {
  /** The analyses that verify the forecasts. */
  readonly truth: FieldSource;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly starts: readonly number[];
  /** Leads that are scored; others are passed over. */
  readonly leads: readonly number[];
  /** For scores of anomalies. */
  readonly climatology?: Climatology;
  /** Called after every start. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Adds the forecasts of a system from all starts to an aggregator.
 *
 * @throws NextscaleError `missing-data` for a start or a valid time without an analysis; what system and aggregator throw
 */
export async function evaluateSystem(
  system: ForecastSystem,
  { truth, starts, leads, climatology, onProgress }: EvaluationOptions,
  aggregator: Aggregator,
): Promise<void> {
  for (const [i, start] of starts.entries()) {
    for await (const { leadHours, members } of system.forecast(start)) {
      if (!leads.includes(leadHours)) continue;
      const valid = start + leadHours * HOUR;
      const normal = climatology === undefined ? {} : { climatology: climatologyAt(climatology, valid) };
      aggregator.add({ start, leadHours, members, truth: analysisAt(truth, valid), ...normal });
    }
    onProgress?.(i + 1, starts.length);
  }
}
