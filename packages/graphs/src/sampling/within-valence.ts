import { FORM, PAIRS } from "../pyramid/candidates.js";
import type { Patterns } from "../pyramid/patterns.js";
import type { Constraint, PartlyChosen } from "./constraint.js";

/**
 * No node has more bonds than its atoms have room for: at the finest level the order of an edge is its label plus one, at coarser ones every edge
 * is a bond at least. Nodes also keep what the blocks still need that are not known yet, one bond each, as far as that can be said of a
 * parent's children together.
 *
 * @param valences largest sum of bond orders of each label
 */
export function withinValence(valences: readonly number[], { digits }: Patterns): Constraint {
  return ({ of, at: group }, level) => {
    if (of === "splits") return undefined;
    const { groups, parents } = level.candidates;
    const left = bondsLeft(level, valences, digits);
    const ends = groups.pairs.subarray(2 * group * PAIRS, 2 * (group + 1) * PAIRS);
    const between = [...new Set(groups.between.subarray(2 * group, 2 * group + 2))];
    const needs = between.map((parent) => openBlocks(level, parent, group));
    return (code: number) => {
      const after = new Map<number, number>();
      for (let pair = 0; pair < PAIRS; pair++) {
        const order = digits[code * PAIRS + pair]!;
        if (order === 0) continue;
        for (const node of [ends[2 * pair]!, ends[2 * pair + 1]!])
          after.set(node, (after.get(node) ?? left[node]!) - order);
      }
      if ([...after.values()].some((bonds) => bonds < 0)) return false;
      return between.every((parent, i) => {
        const total = parents.reduce(
          (sum, p, node) => (p === parent ? sum + (after.get(node) ?? left[node]!) : sum),
          0,
        );
        return total >= needs[i]!;
      });
    };
  };
}

/** Blocks at a coarse node that are not known yet, without one. */
function openBlocks({ candidates: { groups }, known }: PartlyChosen, parent: number, but: number): number {
  let open = 0;
  for (let group = 0; group < groups.count; group++) {
    if (group === but || known.patterns[group] === 1 || groups.forms[group] === FORM.siblings) continue;
    if (groups.between[2 * group] === parent || groups.between[2 * group + 1] === parent) open += 1;
  }
  return open;
}

/** Bonds that each node can still take. */
function bondsLeft(
  { candidates: { groups, mass, formulas }, codes, known }: PartlyChosen,
  valences: readonly number[],
  digits: Uint8Array,
): Int32Array {
  const labels = valences.length;
  const left = Int32Array.from(mass, (_, node) =>
    valences.reduce((sum, valence, label) => sum + valence * formulas[node * labels + label]!, 0),
  );
  for (let group = 0; group < groups.count; group++) {
    if (known.patterns[group] === 0) continue;
    for (let pair = 0; pair < PAIRS; pair++) {
      const order = digits[codes.patterns[group]! * PAIRS + pair]!;
      if (order === 0) continue;
      for (const end of [0, 1]) left[groups.pairs[2 * (group * PAIRS + pair) + end]!]! -= order;
    }
  }
  return left;
}
