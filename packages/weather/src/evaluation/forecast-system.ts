import type { ForecastModel } from "../model/forecast-model.js";
import type { FieldSource, Forecaster } from "../verification/baselines.js";
import { HOUR } from "../verification/case.js";
import { NextscaleError } from "@nextscale/engine";

/** An ensemble at a lead: members are fields [channel][latitude][longitude] in the channels' units. */
export interface EnsembleAtLead {
  readonly leadHours: number;
  readonly members: readonly Float32Array[];
  /** Members of a model that have left what the climate allows; see `isUnstable`. */
  readonly unstable?: number;
}

/** Something that makes ensemble forecasts: a model, or a baseline to hold it against. */
export interface ForecastSystem {
  readonly name: string;
  /** Ensembles at ascending leads. @param start milliseconds since 1970-01-01 UTC */
  forecast(start: number): AsyncIterable<EnsembleAtLead>;
}

/** How a model's forecasts are made. */
export interface ModelSystemOptions {
  readonly name: string;
  /** Analyses to start from. */
  readonly fields: FieldSource;
  readonly steps: number;
  readonly members: number;
  readonly seed: number;
  readonly sharpness?: readonly number[];
  readonly signal?: AbortSignal;
}

/** A model as a system. */
export function modelSystem(model: ForecastModel, options: ModelSystemOptions): ForecastSystem {
  const { name, fields, steps, members, seed, sharpness, signal } = options;
  return {
    name,
    async *forecast(start) {
      const previous = analysisAt(fields, start - model.config.stepHours * HOUR);
      const initial = { time: start, previous, current: analysisAt(fields, start) };
      const controls = {
        ...(sharpness === undefined ? {} : { sharpness }),
        ...(signal === undefined ? {} : { signal }),
      };
      for await (const step of model.forecast({ initial, steps, members, seed, ...controls })) {
        const size = step.fields.length / members;
        const parts = Array.from({ length: members }, (_, m) => step.fields.subarray(m * size, (m + 1) * size));
        yield {
          leadHours: step.leadHours,
          members: parts,
          unstable: step.unstableSince.filter((since) => since > 0).length,
        };
      }
    },
  };
}

/** A baseline that needs no steps as a system. */
export function forecasterSystem(name: string, forecaster: Forecaster, leads: readonly number[]): ForecastSystem {
  return {
    name,
    async *forecast(start) {
      for (const leadHours of leads) yield await Promise.resolve({ leadHours, members: forecaster(start, leadHours) });
    },
  };
}

/** @throws NextscaleError `missing-data` when there is no field of that time */
export function analysisAt(fields: FieldSource, time: number): Float32Array {
  const field = fields(time);
  if (field === undefined) throw missingAnalysis(time);
  return field;
}

/** The error for a time that the data does not have. */
export function missingAnalysis(time: number): NextscaleError {
  return new NextscaleError({
    code: "missing-data",
    where: "weather/evaluation",
    expected: `an analysis of ${new Date(time).toISOString()}`,
    got: "none",
    fix: "start where the data has two analyses a step apart",
  });
}
