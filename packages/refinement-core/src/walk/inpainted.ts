import type { Quantiser } from "../quantiser/quantiser.js";
import { andThen, type Then } from "./later.js";
import type { Choice, PerWalk } from "./scale.js";

/**
 * In-painting: some codes of each scale are kept, the others come from elsewhere. What is kept are codes, not blended
 * embeddings, so the result is a sample that the model could have drawn.
 *
 * With `encode` as `known` the kept codes are residuals against the walk's actual state: where new content reaches into
 * the known region at a coarse scale, finer scales correct it.
 *
 * @param known who chooses inside the known region: `encode` for data, or `given` codes
 * @param free who chooses elsewhere: `sampled`
 * @param merge picks at each site of a scale, for instance by `selectCodes` with a mask
 */
export function inpainted<
  S extends { readonly index: number },
  Value,
  Codes,
  F extends Choice<Codes, Value> | PromiseLike<Choice<Codes, Value>>,
>(
  quantiser: Pick<Quantiser<Value, Codes>, "embed">,
  known: PerWalk<S, Choice<Codes, Value>>,
  free: PerWalk<S, F>,
  merge: (index: number, known: Codes, free: Codes) => Codes,
): PerWalk<S, Then<F, Choice<Codes, Value>>> {
  return () => {
    const [chooseKnown, chooseFree] = [known(), free()];
    return (step) => {
      const kept = chooseKnown(step).codes;
      return andThen(chooseFree(step), (choice: Choice<Codes, Value>) => {
        const codes = merge(step.index, kept, choice.codes);
        return { codes, value: quantiser.embed(step.index, codes) };
      });
    };
  };
}
