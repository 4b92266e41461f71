import type { LevelLogits, RevealOptions } from "./reveal.js";

type Predict = RevealOptions["predict"];

/**
 * Classifier-free guidance (Ho and Salimans 2022): away from what the network says without a condition, past what it says with it, in logits.
 * The second look waits for the first, so that all walks still wait together.
 *
 * @param scale 0 forgets the condition, 1 is the network with it, more exaggerates it
 */
export function guided(told: Predict, open: Predict, scale: number): Predict {
  return async (task) => {
    const [from, to] = [await open(task), await told(task)];
    const beyond = (of: keyof LevelLogits) => from[of].map((logit, at) => logit + scale * (to[of][at]! - logit));
    return { splits: beyond("splits"), patterns: beyond("patterns") };
  };
}
