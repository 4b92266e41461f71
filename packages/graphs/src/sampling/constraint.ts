import type { PartlyChosen } from "../pyramid/codes.js";

/**
 * What a graph must be, as far as it can be said of a code before all others are known: whether a group may have a pattern. With a constraint a
 * sample is no longer a draw from the law that was learned.
 *
 * It is told which groups are chosen now, and in what order, and asked at each place of the order in turn, when the codes before it are known. It
 * has nothing to say where any pattern will do.
 */
export type Constraint = (level: PartlyChosen, order: readonly number[]) => (place: number) => PatternTest | undefined;

/** Whether a group may have a pattern. */
export type PatternTest = (code: number) => boolean;
