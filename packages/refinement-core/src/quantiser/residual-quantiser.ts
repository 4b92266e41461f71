import { NextscaleError } from "@nextscale/engine";
import { encode } from "../walk/encode.js";
import type { Choice, Scale, Visit } from "../walk/scale.js";
import { walk } from "../walk/walk.js";
import type { Quantiser } from "./quantiser.js";

/**
 * Residual quantisation within one scale: each stage quantises what the stages before it left; codes are a list, one
 * entry for each stage. It is the scale walk again, with stages that are all of one resolution.
 *
 * @param stages from coarse to fine; each is asked for the scale that the whole is asked for
 * @throws NextscaleError `invalid-argument` without stages
 */
export function residualQuantiser<Value, Codes>(
  stages: readonly Quantiser<Value, Codes>[],
  arithmetic: { add(a: Value, b: Value): Value; subtract(a: Value, b: Value): Value },
): Quantiser<Value, readonly Codes[]> {
  if (stages.length === 0) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/residualQuantiser",
      expected: "at least one stage",
      got: "none",
    });
  }
  const stage: Scale<Value, Value, Value, Value> = {
    context: (state) => state,
    residual: (data, context) => arithmetic.subtract(data, context),
    refine: (state, value) => arithmetic.add(state, value),
  };
  const atScale = (scale: number): Quantiser<Value, Codes> => ({
    quantise: (index, residual) => stages[index]!.quantise(scale, residual),
    embed: (index, codes) => stages[index]!.embed(scale, codes),
  });
  const together = (visits: Iterable<Visit<Value, Value, Choice<Codes, Value>>>): Choice<readonly Codes[], Value> => {
    const list = [...visits];
    return { codes: list.map(({ codes }) => codes), value: list[list.length - 1]!.state };
  };
  return {
    quantise(scale, residual) {
      const zero = arithmetic.subtract(residual, residual);
      return together(walk(stages.map(() => stage), zero, encode(atScale(scale), residual))); // prettier-ignore
    },
    embed(scale, codes) {
      const [first, ...rest] = codes.map((code, index) => stages[index]!.embed(scale, code));
      return rest.reduce((sum, value) => arithmetic.add(sum, value), first!);
    },
  };
}
