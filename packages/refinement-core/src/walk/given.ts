import { NextscaleError } from "@nextscale/engine";
import type { Quantiser } from "../quantiser/quantiser.js";
import type { Choice, PerWalk, Step } from "./scale.js";

/**
 * Teacher forcing and decoding: the codes of each scale, coarsest first.
 *
 * @throws NextscaleError `shape` when the walk reaches a scale for which there are no codes
 */
export function given<Data, State, Context, Value, Codes>(
  quantiser: Pick<Quantiser<Value, Codes>, "embed">,
  codes: readonly Codes[],
): PerWalk<Step<Data, State, Context, Value>, Choice<Codes, Value>> {
  return () =>
    ({ index }) => {
      const known = codes[index];
      if (known === undefined) {
        throw new NextscaleError({
          code: "shape",
          where: "refinement-core/given",
          expected: `codes for scale ${index}`,
          got: `codes for ${codes.length} scales`,
          fix: "walk over fewer scales to decode coarsely",
        });
      }
      return { codes: known, value: quantiser.embed(index, known) };
    };
}
