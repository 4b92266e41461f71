import { NextscaleError, type Engine } from "@nextscale/engine";
import type { CheckpointContent } from "@nextscale/refinement-core";
import type { WeatherModelConfig } from "../config/config.js";
import { createForecastModel } from "../model/create-forecast-model.js";
import { scaleOfModel } from "../model/field-scaling.js";
import { fieldSize, type FieldSeries } from "./field-series.js";
import { fitResponse, RESPONSE_ROUNDS } from "./fit-response.js";
import { fitSharpness, sharpnessTrials } from "./fit-sharpness.js";
import { seriesFields, startsOf } from "./series-fields.js";

/** How it is watched. */
export interface CalibrateOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What is forecast: enough for the differences that matter, in a tenth of the time of the training. */
const CALIBRATION = { starts: 12, members: 8, days: [1, 3, 5] } as const;
/** The power of a wave needs many starts and no ensembles, and days in which it may grow. */
const RESPONSE = { starts: 48, members: 2, days: 10 } as const;
/** Values of a state of the globe, 64 x 32 in three channels; of smaller states there are as many more starts. */
const GLOBE = 64 * 32 * 3;

/**
 * A trained model with the sharpness that it forecasts the validation data best with, and then, of waves, with the response that
 * keeps what that makes too strong as strong as it is in the data.
 */
export async function calibrate(
  engine: Engine,
  content: CheckpointContent<WeatherModelConfig>,
  validation: FieldSeries,
  { signal, onProgress }: CalibrateOptions = {},
): Promise<CheckpointContent<WeatherModelConfig>> {
  const { seed, data, tensors } = content;
  const stepsOf = (days: number) => Math.ceil((24 * days) / content.config.stepHours);
  const leads = [...new Set(CALIBRATION.days.map(stepsOf))].map((steps) => steps * content.config.stepHours);
  const starts = Math.max(CALIBRATION.starts, Math.round((CALIBRATION.starts * GLOBE) / fieldSize(validation)));
  const common = {
    truth: seriesFields(validation),
    seed,
    ...(signal === undefined ? {} : { signal }),
  };
  const { truncation } = content.config;
  const trials = sharpnessTrials(content.config.sharpness.length);
  const total = trials + (typeof truncation === "number" ? RESPONSE_ROUNDS : 0);
  const open = ({ config, tensors }: Pick<typeof content, "config" | "tensors">) =>
    createForecastModel({ config, tensors, hash: "", description: { seed, data } }, { engine });

  const uncalibrated = open(content);
  const sharpness = await fitSharpness(uncalibrated, {
    ...common,
    starts: startsFor(validation, starts, Math.max(...CALIBRATION.days.map(stepsOf))),
    members: CALIBRATION.members,
    leads,
    onProgress: (done) => onProgress?.(done, total),
  }).finally(() => uncalibrated.close());
  const config = { ...content.config, sharpness: [...sharpness] };
  if (typeof truncation !== "number") return { ...content, config };

  const withResponse = (response: Float32Array) => ({ ...tensors, "scaling/response/0": response });
  const response = await fitResponse((trial) => open({ config, tensors: withResponse(trial) }), {
    ...common,
    starts: startsFor(validation, RESPONSE.starts, stepsOf(RESPONSE.days)),
    members: RESPONSE.members,
    ...{ layout: validation.layout, truncation, scale: scaleOfModel(config, tensors), steps: stepsOf(RESPONSE.days) },
    onProgress: (done) => onProgress?.(trials + done, total),
  });
  return { ...content, config, tensors: withResponse(response) };
}

/**
 * Checks that a series is long enough to calibrate on.
 *
 * @throws NextscaleError `missing-data`
 */
export function requireCalibratable(validation: FieldSeries): void {
  const most = Math.max(...CALIBRATION.days, RESPONSE.days);
  startsFor(validation, 1, Math.ceil((24 * most) / validation.stepHours));
}

/** @throws NextscaleError `missing-data` for a series that is too short for a single forecast */
function startsFor(validation: FieldSeries, count: number, steps: number): readonly number[] {
  const starts = startsOf(validation, count, steps);
  if (starts.length > 0) return starts;
  throw new NextscaleError({
    code: "missing-data",
    where: "weather/calibrate",
    expected: `validation data with forecasts of ${steps} steps of ${validation.stepHours} hours in it`,
    got: `${validation.times.length} times in ${validation.name}`,
    fix: "take a longer stretch without gaps",
  });
}
