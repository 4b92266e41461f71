import type { Quantiser } from "../quantiser/quantiser.js";
import { andThen, type Then } from "./later.js";
import type { Choice, PerWalk, Step } from "./scale.js";

/** A choice drawn from a refiner, with what the refiner said. */
export interface Sampled<Codes, Value, Prediction> extends Choice<Codes, Value> {
  readonly prediction: Prediction;
}

/**
 * Generation, eq. 18: codes drawn from what a refiner predicts.
 *
 * @param predict logits, or any other parameters of a distribution, from a step; possibly a promise of them (`walkAsync`)
 * @param draw turns a prediction into codes: where noise, temperature and truncation come in
 */
export function sampled<Data, State, Context, Value, Codes, P>(
  quantiser: Pick<Quantiser<Value, Codes>, "embed">,
  predict: PerWalk<Step<Data, State, Context, Value>, P>,
  draw: (index: number, prediction: Awaited<P>) => Codes,
): PerWalk<Step<Data, State, Context, Value>, Then<P, Sampled<Codes, Value, Awaited<P>>>> {
  return () => {
    const predictStep = predict();
    return (step) =>
      andThen(predictStep(step), (prediction) => {
        const codes = draw(step.index, prediction);
        return { codes, value: quantiser.embed(step.index, codes), prediction };
      });
  };
}
