import type { NoiseLevel } from "./noise-level.js";
import type { Denoised } from "./sample-by-plan.js";

/**
 * What a network predicts of a state signal * data + noise * e:
 *
 * - `data`: the data themselves;
 * - `noise`: e (Ho et al. 2020);
 * - `velocity`: signal * e - noise * data (Salimans and Ho 2022);
 * - `flow`: data - e, the direction of a rectified flow (Liu et al. 2023).
 */
export type Parameterisation = "data" | "noise" | "velocity" | "flow";

/** A prediction's target is data * x_0 + noise * e. */
export interface TargetFactors {
  readonly data: number;
  readonly noise: number;
}

/** What a network is to predict at a level, as factors of the data and of the noise in it. */
export function targetFactors(
  parameterisation: Parameterisation,
  { signal, noise }: Pick<NoiseLevel, "signal" | "noise">,
): TargetFactors {
  switch (parameterisation) {
    case "data":
      return { data: 1, noise: 0 };
    case "noise":
      return { data: 0, noise: 1 };
    case "velocity":
      return { data: -noise, noise: signal };
    case "flow":
      return { data: 1, noise: -1 };
    default:
      throw new Error(`internal: unknown parameterisation ${String(parameterisation satisfies never)}`);
  }
}

/** The data that a prediction amounts to: state * x + prediction * F. */
export interface DataFactors {
  readonly state: number;
  readonly prediction: number;
}

/**
 * How a prediction becomes data. State and prediction are two linear combinations of data and noise; this solves them for
 * the data.
 */
export function dataFactors(parameterisation: Parameterisation, level: NoiseLevel): DataFactors {
  const target = targetFactors(parameterisation, level);
  const determinant = level.signal * target.noise - level.noise * target.data;
  // Of `data` the state tells nothing, whatever the level: 0, not a signed zero.
  if (target.noise === 0) return { state: 0, prediction: 1 };
  return { state: target.noise / determinant, prediction: -level.noise / determinant };
}

/** A network's answer, in the parameterisation that it was trained for. */
export interface Prediction<Numbers> {
  readonly prediction: Numbers;
  /** See `Denoised`. */
  readonly share?: Numbers;
}

/**
 * What a network's answer says of the data.
 *
 * @param limit largest magnitude that data can have, to which what is found is cut (Ho et al. 2020 have 1, for images of that
 *   range); the noise in the state is then what is left of it, never the network's own
 */
export function denoised<Numbers extends Float32Array | Float64Array>(
  parameterisation: Parameterisation,
  state: Numbers,
  level: NoiseLevel,
  answer: Prediction<Numbers>,
  limit = Infinity,
): Denoised<Numbers> {
  const { state: onState, prediction: onPrediction } = dataFactors(parameterisation, level);
  const data = state.slice() as Numbers;
  for (let i = 0; i < data.length; i++) {
    const value = onState * state[i]! + onPrediction * answer.prediction[i]!;
    data[i] = Math.min(Math.max(value, -limit), limit);
  }
  return answer.share === undefined ? { data } : { data, share: answer.share };
}
