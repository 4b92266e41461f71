import type { PartlyChosen } from "../pyramid/codes.js";

/**
 * What a graph must be, as far as it can be said of a code before all others are known: whether a group may have a pattern. With a constraint a
 * sample is no longer a draw from the law that was learned.
 */
export type Constraint = (group: number, level: PartlyChosen) => ((code: number) => boolean) | undefined;
