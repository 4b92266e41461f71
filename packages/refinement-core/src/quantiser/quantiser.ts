import type { Choice } from "../walk/scale.js";

/**
 * Values of a scale to codes and back: Q_k and emb_k of eq. 15 and 19. `scale` counts from the coarsest, 0, as a walk
 * does. One law: quantise(k, r).value is embed(k, quantise(k, r).codes).
 */
export interface Quantiser<Value, Codes> {
  /** The codes nearest to a residual, and their value. */
  quantise(scale: number, residual: Value): Choice<Codes, Value>;
  /** The value that codes stand for. */
  embed(scale: number, codes: Codes): Value;
}

/** No quantisation: the code of a value is the value. Makes the walk a continuous one (section 6 of the paper). */
export function identityQuantiser<Value>(): Quantiser<Value, Value> {
  return {
    quantise: (_, residual) => ({ codes: residual, value: residual }),
    embed: (_, codes) => codes,
  };
}
