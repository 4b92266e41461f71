import { bondsLeft, openBlocks, takeBonds, type ReservedBonds } from "../codes/bonds-left.js";
import type { Candidates } from "../pyramid/candidates.js";
import type { Patterns } from "../pyramid/patterns.js";
import type { Constraint } from "./constraint.js";

/**
 * No node has more bonds than its atoms have room for. Nodes also keep what the blocks still need that are not known yet, one bond each, as far as
 * that can be said of a parent's children together.
 *
 * @param valences largest sum of bond orders of each label
 */
export function withinValence(
  valences: readonly number[],
  { digits }: Patterns,
  reservedAt: (candidates: Candidates) => ReservedBonds | undefined = () => undefined,
): Constraint {
  return (level, order) => (place) => {
    const group = order[place]!;
    const { groups, parents } = level.candidates;
    const reserved = reservedAt(level.candidates);
    const left = bondsLeft(level, valences, digits, reserved);
    const between = [...new Set(groups.between.subarray(2 * group, 2 * group + 2))];
    const competes = (other: number) =>
      other !== group && [0, 1].some((end) => between.includes(groups.between[2 * other + end]!));
    const patterns = level.known.patterns.map((known, other) => (competes(other) ? known : 1));
    const needs = openBlocks({ ...level, known: { ...level.known, patterns } }, reserved);
    return (code: number) => {
      const after = left.slice();
      takeBonds(after, groups, group, { code, digits, reserved });
      if (after.some((bonds, node) => bonds < 0 && bonds < left[node]!)) return false;
      return between.every((parent) => {
        const total = parents.reduce((sum, p, node) => (p === parent ? sum + after[node]! : sum), 0);
        return total >= needs[parent]!;
      });
    };
  };
}
