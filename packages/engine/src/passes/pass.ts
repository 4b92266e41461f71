import type { Program } from "../ir/program.js";
import { removeDeadCode } from "./dead-code.js";
import { sweep, type Rule } from "./sweep.js";

/** A function from program to program that computes the same. */
export type Pass = (program: Program) => Program;

/** The pass that applies rules once to every node and drops what is dead then. */
export function passOf(rules: readonly Rule[]): Pass {
  return (program) => removeDeadCode(sweep(program, rules));
}
