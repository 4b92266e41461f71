/** How many nodes of each label there are, [labels]: what chemists call a formula. */
export type Formula = Int32Array;

/** The formula of a node of a level, as a view. @param formulas [n, labels] */
export function formulaAt(formulas: Int32Array, node: number, labels: number): Formula {
  return formulas.subarray(node * labels, (node + 1) * labels);
}

/** How many nodes a formula has. */
export function massOf(formula: ArrayLike<number>): number {
  let sum = 0;
  for (let label = 0; label < formula.length; label++) sum += formula[label]!;
  return sum;
}

/** The formula of some node labels. */
export function formulaOf(nodeLabels: Iterable<number>, labels: number): Formula {
  const formula = new Int32Array(labels);
  for (const label of nodeLabels) formula[label]! += 1;
  return formula;
}

/**
 * Heavier first; of those of one mass the one with more of the first label in which they differ. Negative where `a` comes first, 0 where they
 * are the same.
 */
export function compareFormulas(a: Formula, b: Formula): number {
  const byMass = massOf(b) - massOf(a);
  const differing = a.findIndex((count, label) => count !== b[label]);
  return byMass !== 0 || differing < 0 ? byMass : b[differing]! - a[differing]!;
}
