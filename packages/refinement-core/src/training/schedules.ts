import { NextscaleError } from "@nextscale/engine";

/** A scalar of the training step, counted from 0: a learning rate, a temperature, a loss weight. */
export type Schedule = (step: number) => number;

/** The same value at every step. */
export function constantSchedule(value: number): Schedule {
  return () => value;
}

/**
 * Rises linearly from `from` at step 0, reaches `schedule` at step `steps` and follows it, shifted by `steps`.
 *
 * @param options.steps length of the warm-up; 0 is none
 * @param options.from share of the schedule's first value at step 0; 0.005 unless told, as VAR trains
 */
export function withWarmUp(schedule: Schedule, options: { readonly steps: number; readonly from?: number }): Schedule {
  const { steps, from = 0.005 } = options;
  if (!(steps >= 0)) throw invalid("a warm-up of 0 steps or more", `${steps}`);
  return (step) => (step < steps ? schedule(0) * (from + ((1 - from) * step) / steps) : schedule(step - steps));
}

/** Shape of a schedule that falls from a peak to a last value over a number of steps. */
export interface Decay {
  readonly peak: number;
  /** Value at the last step and after it. */
  readonly last: number;
  /** Number of steps: `last` is reached at step `steps` − 1. */
  readonly steps: number;
}

/**
 * Half a period of a cosine from peak to last (Loshchilov, Hutter 2017, without restarts).
 *
 * @throws NextscaleError `invalid-argument` for fewer than one step
 */
export function cosineSchedule({ peak, last, steps }: Decay): Schedule {
  const progress = progressOver(steps);
  return (step) => last + (peak - last) * (0.5 + 0.5 * Math.cos(Math.PI * progress(step)));
}

/**
 * A straight line from peak to last.
 *
 * @throws NextscaleError `invalid-argument` for fewer than one step
 */
export function linearSchedule(decay: Decay): Schedule {
  return flatThenLinearSchedule({ ...decay, flat: 0 });
}

/**
 * Stays at the peak for a share of the steps, then falls in a straight line to last. VAR's `lin0` is a flat share of 5 %.
 *
 * @param decay.flat share of the steps at the peak, 0.05 unless told
 * @throws NextscaleError `invalid-argument` for fewer than one step or a share outside [0, 1)
 */
export function flatThenLinearSchedule(decay: Decay & { readonly flat?: number }): Schedule {
  const { peak, last, steps, flat = 0.05 } = decay;
  if (!(flat >= 0 && flat < 1)) throw invalid("a flat share from 0 to below 1", `${flat}`);
  const progress = progressOver(steps);
  return (step) => last + (peak - last) * Math.min(1, (1 - progress(step)) / (1 - flat));
}

/** 0 at step 0, 1 at step `steps` − 1 and after. */
function progressOver(steps: number): Schedule {
  if (!(steps >= 1)) throw invalid("at least one step", `${steps}`);
  return (step) => (steps === 1 ? 1 : Math.min(1, step / (steps - 1)));
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "training/schedules", expected, got });
}
