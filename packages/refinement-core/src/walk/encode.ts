import type { Quantiser } from "../quantiser/quantiser.js";
import type { Choice, PerWalk, Step } from "./scale.js";

/** A choice made by quantising, with what was quantised: statistics and diagnostics need it. */
export interface Encoded<Codes, Value> extends Choice<Codes, Value> {
  readonly residual: Value;
}

/** Closed loop, VAR's way: quantises the residual against what the decoder will have at this scale. */
export function encode<Data, State, Context, Value, Codes>(
  quantiser: Quantiser<Value, Codes>,
  data: Data,
): PerWalk<Step<Data, State, Context, Value>, Encoded<Codes, Value>> {
  return () =>
    ({ index, scale, context }) => {
      const residual = scale.residual(data, context);
      return { ...quantiser.quantise(index, residual), residual };
    };
}

/**
 * Open loop, eq. 13 to 15 as printed: quantises residuals against the exact coarser state, so quantisation errors of
 * all scales add up in the walk's state instead of being corrected by the next scale.
 *
 * @param start the state that the walk starts from
 */
export function encodeOpenLoop<Data, State, Context, Value, Codes>(
  quantiser: Quantiser<Value, Codes>,
  data: Data,
  start: State,
): PerWalk<Step<Data, State, Context, Value>, Encoded<Codes, Value>> {
  return () => {
    let exact = start;
    return ({ index, scale }) => {
      const context = scale.context(exact);
      const residual = scale.residual(data, context);
      exact = scale.refine(exact, residual, context);
      return { ...quantiser.quantise(index, residual), residual };
    };
  };
}
