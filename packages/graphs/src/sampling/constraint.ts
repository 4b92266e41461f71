import type { Codes } from "../pyramid/codes.js";
import type { Candidates } from "../pyramid/candidates.js";
import type { Known } from "../refiner/inputs.js";

/** A level while its codes are chosen one after the other: those that count are known. */
export interface PartlyChosen {
  readonly candidates: Candidates;
  readonly codes: Codes;
  readonly known: Known;
}

/**
 * What a graph must be, as far as it can be said of a code before all others are known: whether a group may have a pattern. With a constraint a
 * sample is no longer a draw from the law that was learned.
 */
export type Constraint = (group: number, level: PartlyChosen) => ((code: number) => boolean) | undefined;
