import { andThen, type Then } from "./later.js";
import type { CodesOf, PerWalk } from "./scale.js";

/** What `scored` adds to a choice. */
export interface Score<Prediction, LogProbability> {
  readonly prediction: Prediction;
  readonly logProbability: LogProbability;
}

/**
 * Likelihood: adds to each choice of `base` what a refiner thinks of its codes. By eq. 2 the logarithms of all scales
 * add up to that of the sample, exactly.
 *
 * @param base who chooses: `given` codes, or `encode` for data
 * @param predict as for `sampled`
 * @param logProbability of codes under a prediction, in nats
 */
export function scored<S extends { readonly index: number }, C extends object, P, L>(
  base: PerWalk<S, C>,
  predict: PerWalk<S, P>,
  logProbability: (index: number, prediction: Awaited<P>, codes: CodesOf<C>) => L,
): PerWalk<S, Then<P, C & Score<Awaited<P>, L>>> {
  return () => {
    const [choose, predictStep] = [base(), predict()];
    return (step) => {
      const choice = choose(step);
      return andThen(predictStep(step), (prediction) => ({
        ...choice,
        prediction,
        logProbability: logProbability(step.index, prediction, (choice as { codes: CodesOf<C> }).codes),
      }));
    };
  };
}
