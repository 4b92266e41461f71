import { isNextscaleError } from "@nextscale/engine";
import type { FieldSeries } from "../training/field-series.js";
import { seriesFields } from "../training/series-fields.js";
import { climatologyEnsemble, type Forecaster } from "../verification/baselines.js";
import { fitClimatology, type Climatology } from "../verification/climatology.js";

/** What is usual, by some years. */
export interface Climate {
  readonly mean: Climatology;
  /** The other years' fields of the valid time; none where no year has one. */
  readonly ensemble: Forecaster;
  /** Calendar years that there are fields of. */
  readonly years: readonly number[];
}

/**
 * The climatology of a series: its mean, and its years as an ensemble.
 *
 * @throws NextscaleError `invalid-data` for a series of less than most of a year
 */
export function climateOf(series: FieldSeries): Climate {
  const fields = seriesFields(series);
  const fit = fitClimatology(series.layout);
  for (const time of series.times) fit.add(time, fields(time)!);
  const years = [...new Set(Array.from(series.times, (time) => new Date(time).getUTCFullYear()))];
  const ensemble = climatologyEnsemble({ fields, years });
  return {
    mean: fit.finish(),
    years,
    ensemble(start, leadHours) {
      try {
        return ensemble(start, leadHours);
      } catch (error) {
        if (isNextscaleError(error, "missing-data")) return [];
        throw error;
      }
    },
  };
}
