import type { Program } from "../ir/program.js";
import { removeDeadCode } from "./dead-code.js";
import { sweep } from "./sweep.js";

/**
 * Computes equal things once: nodes of one operation, attributes and inputs become one, and so do equal constants. Inputs of
 * commutative operations may come in either order.
 */
export function shareSubexpressions(program: Program): Program {
  return removeDeadCode(sweep(program, []));
}
