import { DAY, type QuasiGeostrophicModel } from "./quasi-geostrophic.js";

/**
 * One step of the classical Runge-Kutta scheme of order 4, in place. Four tendencies.
 *
 * @param state potential vorticity as the model lays it out
 * @param day when the step begins
 * @param step its length, days
 */
export function rungeKuttaStep(model: QuasiGeostrophicModel, state: Float64Array, day: number, step: number): void {
  const seconds = step * DAY;
  const start = state.slice();
  const slope = new Float64Array(state.length);
  const stage = new Float64Array(state.length);
  const add = (weight: number, next: number): void => {
    for (let i = 0; i < state.length; i++) {
      state[i] = state[i]! + weight * seconds * slope[i]!;
      stage[i] = start[i]! + next * seconds * slope[i]!;
    }
  };
  model.tendency(start, day, slope);
  add(1 / 6, 1 / 2);
  model.tendency(stage, day + step / 2, slope);
  add(1 / 3, 1 / 2);
  model.tendency(stage, day + step / 2, slope);
  add(1 / 3, 1);
  model.tendency(stage, day + step, slope);
  add(1 / 6, 0);
}

/** A run in progress. */
export interface Integration {
  /** Potential vorticity now; it changes with each step, so copy what is to be kept. */
  readonly state: Float64Array;
  /** Days since the middle of the northern winter of year 0. */
  readonly day: () => number;
  /** Goes one step on. */
  readonly advance: () => void;
}

/**
 * Third-order Adams-Bashforth: one tendency a step. The first two steps are Runge-Kutta's. It is stable while
 * step * frequency < 0.72 (Durran 1991, Mon. Wea. Rev. 119): at T21 a jet of 100 m/s at 45 degrees allows 2100 s.
 *
 * @param state where to begin; it is copied
 * @param startDay its day
 * @param stepsPerDay an integer, so that days are counted without rounding
 */
export function adamsBashforth(
  model: QuasiGeostrophicModel,
  state: Float64Array,
  startDay: number,
  stepsPerDay: number,
): Integration {
  const now = state.slice();
  const seconds = DAY / stepsPerDay;
  let steps = 0;
  let slopes = [new Float64Array(now.length), new Float64Array(now.length), new Float64Array(now.length)] as const;
  const day = (): number => startDay + steps / stepsPerDay;
  const advance = (): void => {
    const [newest, last, beforeLast] = [slopes[2], slopes[0], slopes[1]];
    model.tendency(now, day(), newest);
    if (steps < 2) {
      rungeKuttaStep(model, now, day(), 1 / stepsPerDay);
    } else {
      for (let i = 0; i < now.length; i++) {
        now[i] = now[i]! + (seconds / 12) * (23 * newest[i]! - 16 * last[i]! + 5 * beforeLast[i]!);
      }
    }
    slopes = [newest, last, beforeLast];
    steps++;
  };
  return { state: now, day, advance };
}
