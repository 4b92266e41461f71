import type { Quantiser } from "../quantiser/quantiser.js";
import type { Choice, PerWalk } from "./scale.js";

/** A choice with wrong codes in it, and the codes that would have been right. */
export interface Corrupted<Codes> {
  /** What the refiner shall learn to predict here. */
  readonly targets: Codes;
}

/**
 * Self-correction (Infinity's `bitwise_self_correction.py`, here for any codes): some codes of `base` are replaced, and
 * the walk goes on from the wrong state. With `encode` as base the targets of finer scales are then residuals against
 * the wrong state, so they teach the refiner to repair what went wrong before.
 *
 * @param corrupt returns the codes of a scale with some replaced
 */
export function corrupted<S extends { readonly index: number }, Value, Codes, C extends Choice<Codes, Value>>(
  quantiser: Pick<Quantiser<Value, Codes>, "embed">,
  base: PerWalk<S, C>,
  corrupt: (index: number, codes: Codes) => Codes,
): PerWalk<S, C & Corrupted<Codes>> {
  return () => {
    const choose = base();
    return (step) => {
      const choice = choose(step);
      const codes = corrupt(step.index, choice.codes);
      return { ...choice, targets: choice.codes, codes, value: quantiser.embed(step.index, codes) };
    };
  };
}
