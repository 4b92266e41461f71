/**
 * Cosine of the angle between two sets' counts of scaffolds (MOSES, Polykovskiy et al. 2020), from 0, nothing in common, to 1; 0
 * where one of them has no scaffold. MOSES counts scaffolds of two rings and more, this one all that are given.
 *
 * @param a SMILES of each molecule's scaffold; null of molecules without rings, which are left out
 */
export function scaffoldSimilarity(a: readonly (string | null)[], b: readonly (string | null)[]): number {
  const [left, right] = [countsOf(a), countsOf(b)];
  let product = 0;
  for (const [scaffold, count] of left) product += count * (right.get(scaffold) ?? 0);
  const length = (counts: Map<string, number>) => [...counts.values()].reduce((sum, count) => sum + count ** 2, 0);
  return product === 0 ? 0 : product / Math.sqrt(length(left) * length(right));
}

function countsOf(scaffolds: readonly (string | null)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const scaffold of scaffolds) if (scaffold !== null) counts.set(scaffold, (counts.get(scaffold) ?? 0) + 1);
  return counts;
}
