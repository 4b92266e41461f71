import { untilSignalsAreSeen } from "@nextscale/refinement-core";
import type { ForecastModel } from "../model/forecast-model.js";
import type { FieldSeries } from "../training/field-series.js";
import { seriesFields } from "../training/series-fields.js";
import { createAggregator } from "../verification/aggregator.js";
import { HOUR } from "../verification/case.js";
import { rmse } from "../verification/errors-of-mean.js";
import { analysisAt } from "./forecast-system.js";

/** How a model's codes stand for what happened a step after the starts. */
export interface CodingReport {
  /** RMSE of what the codes of the truth stand for: no forecast of a step can be expected to be better. By channel. */
  readonly floor: readonly { readonly channel: string; readonly rmse: number }[];
  /** -log2 p of the codes of what happened, a cell and channel. */
  readonly bitsPerValue: number;
  /** The same by scale, coarsest first: they add up to the above. */
  readonly bitsByScale: readonly number[];
}

/** Codes an observed step from each start. */
export async function codingOf(
  model: ForecastModel,
  truth: FieldSeries,
  starts: readonly number[],
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (stage: string, done: number, total: number) => void },
): Promise<CodingReport> {
  const fields = seriesFields(truth);
  const { layout, config } = model;
  const step = config.stepHours * HOUR;
  const metric = rmse();
  const aggregator = createAggregator({ layout, metrics: [metric] });
  const nats = new Float64Array(config.sharpness.length);
  for (const [i, time] of starts.entries()) {
    await untilSignalsAreSeen();
    signal?.throwIfAborted();
    const initial = { time, previous: analysisAt(fields, time - step), current: analysisAt(fields, time) };
    const next = analysisAt(fields, time + step);
    const { reconstruction, nats: own } = await model.score(initial, next);
    aggregator.add({ start: time, leadHours: config.stepHours, members: [reconstruction], truth: next });
    own.forEach((value, k) => (nats[k]! += value / starts.length));
    onProgress?.("coding", i + 1, starts.length);
  }
  const values = layout.channels.length * layout.grid.latitudes.length * layout.grid.longitudes.length;
  const bitsByScale = Array.from(nats, (value) => value / Math.LN2 / values);
  return {
    floor: aggregator.scores(metric).map(({ output, value }) => ({ channel: output, rmse: value })),
    bitsPerValue: bitsByScale.reduce((sum, bits) => sum + bits, 0),
    bitsByScale,
  };
}
