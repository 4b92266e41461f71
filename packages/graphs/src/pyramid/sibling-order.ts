import { compareFormulas, formulaAt } from "./formula.js";
import type { Level } from "./level.js";

/**
 * The order of two siblings: the heavier first, those of one mass by what they are made of, and by their keys where that is the same too. What
 * the parent is made of then tells which of the two is which: drawn apart, a carbon and an oxygen would become two of a kind half of the time.
 */
export function siblingOrder({
  mass,
  formulas,
  keys,
}: Omit<Level, "graph" | "splits">): (a: number, b: number) => number {
  const labels = formulas.length / mass.length;
  const of = (node: number) => formulaAt(formulas, node, labels);
  return (a, b) => compareFormulas(of(a), of(b)) || keys[a]! - keys[b]!;
}
