import type { Scale } from "./scale.js";

/** How one scale of an accumulation relates to the finest resolution. */
export interface AccumulationStep<X> {
  /** From the finest resolution to this scale's. Linear. */
  down(x: X): X;
  /** What a value of this scale adds at the finest resolution; with phi convolutions, those included. */
  up(value: X): X;
}

/** Scales of VAR's form: data, state and their sum live at the finest resolution, contexts and values at each scale's own. */
export type AccumulationScale<X> = Scale<X, X, X, X>;

/**
 * The scales of VAR's multi-scale quantiser (Tian et al. 2024, `quant.py`), one for each step, coarsest first. The state
 * f^ starts at zero and every scale adds up(value); the residual of scale k is down(f) - down(f^), which is down(f - f^)
 * because down is linear, written so that it is taken against exactly the context that a refiner gets to see.
 */
export function accumulationScales<X>(
  steps: readonly AccumulationStep<X>[],
  arithmetic: { add(a: X, b: X): X; subtract(a: X, b: X): X },
): readonly AccumulationScale<X>[] {
  return steps.map(({ down, up }) => ({
    context: down,
    residual: (data, context) => arithmetic.subtract(down(data), context),
    refine: (state, value) => arithmetic.add(state, up(value)),
  }));
}
