import { cosineSchedule, flatThenLinearSchedule, withWarmUp, type Schedule } from "@nextscale/refinement-core";
import type { ImageTrainingConfig } from "../config/config.js";

/** Steps over which the learning rate comes up from zero. */
const WARM_UP = 100;
/** The last learning rate as a share of the highest. */
const LAST_RATE = 0.01;
/** Share of the refiner's steps at the highest learning rate. */
const FLAT = 0.4;
/** Decay of the average of the weights. */
const AVERAGE_DECAY = 0.999;

/** Grows with the steps, so that the start is soon forgotten. */
const averageDecay: Schedule = (step) => Math.min(AVERAGE_DECAY, (1 + step) / (10 + step));

/** Schedules of a stage of the tokeniser, which begins at step `offset` of one cosine over the steps of both. */
export function tokeniserSchedules({ tokeniser }: ImageTrainingConfig, offset: number) {
  const { learningRate: peak, steps } = tokeniser;
  const rate = withWarmUp(cosineSchedule({ peak, last: peak * LAST_RATE, steps }), { steps: WARM_UP });
  return {
    learningRate: (step: number) => rate(step + offset),
    averageDecay: (step: number) => averageDecay(step + offset),
  };
}

/** Steps over which the decoder's rate comes up: its weights are good ones already, only the moments are new. */
const DECODER_WARM_UP = 20;

/** Schedules of the decoder on its own: down in a line. */
export function decoderSchedules({ decoder }: ImageTrainingConfig) {
  const { learningRate: peak, steps } = decoder;
  const schedule = flatThenLinearSchedule({ peak, last: peak * LAST_RATE, steps, flat: 0 });
  return { learningRate: withWarmUp(schedule, { steps: DECODER_WARM_UP }), averageDecay };
}

/** Schedules of the refiner: flat, then down in a line. */
export function refinerSchedules({ refiner }: ImageTrainingConfig) {
  const { learningRate: peak, steps } = refiner;
  const schedule = flatThenLinearSchedule({ peak, last: peak * LAST_RATE, steps, flat: FLAT });
  return { learningRate: withWarmUp(schedule, { steps: WARM_UP }), averageDecay };
}
