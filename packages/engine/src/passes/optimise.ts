import type { Program } from "../ir/program.js";
import { broadcastingRules } from "./broadcasting.js";
import { removeDeadCode } from "./dead-code.js";
import { foldingRules } from "./fold-constants.js";
import { fusionRules } from "./fusion/fuse.js";
import { negationRules } from "./negation.js";
import { noOpRules } from "./no-ops.js";
import { rearrangementRules } from "./rearrangement.js";
import { scalarFactorRules } from "./scalar-factors.js";
import { sumRules } from "./sums.js";
import { sweep, type Rule } from "./sweep.js";

/** All local rules in order of preference: what removes a node goes before what moves one. */
export const optimisationRules: readonly Rule[] = [
  ...foldingRules,
  ...noOpRules,
  ...fusionRules,
  ...broadcastingRules,
  ...rearrangementRules,
  ...sumRules,
  ...scalarFactorRules,
  ...negationRules,
];

/** Sweeps until nothing changes take two or three rounds; a program that needs more is left as it is then. */
const MOST_SWEEPS = 8;

/**
 * A program that computes the same with fewer nodes and fewer passes over memory. Floating-point results may differ in
 * the last places, since factors are merged and sums reordered.
 */
export function optimise(program: Program): Program {
  let current = removeDeadCode(program);
  for (let i = 0; i < MOST_SWEEPS; i++) {
    const next = sweep(current, optimisationRules);
    if (next === current) break;
    current = removeDeadCode(next);
  }
  return current;
}
