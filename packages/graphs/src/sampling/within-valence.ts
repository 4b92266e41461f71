import { FORM, PAIRS, type Candidates, type Groups } from "../pyramid/candidates.js";
import type { Patterns } from "../pyramid/patterns.js";
import type { Constraint, PartlyChosen } from "./constraint.js";

/** Bonds that there are to be whatever is drawn: those of a scaffold. */
export interface ReservedBonds {
  /** Bonds that they take of what each node of a level has room for, [n]. */
  readonly taken: Int32Array;
  /** What of an edge between two nodes has been taken already: its order at the finest level, 1 at others; 0 where none has. */
  between(u: number, v: number): number;
}

/**
 * No node has more bonds than its atoms have room for: at the finest level the order of an edge is its label plus one, at coarser ones every edge
 * is a bond at least. Nodes also keep what the blocks still need that are not known yet, one bond each, as far as that can be said of a
 * parent's children together.
 *
 * @param valences largest sum of bond orders of each label
 */
export function withinValence(
  valences: readonly number[],
  { digits }: Patterns,
  reservedAt: (candidates: Candidates) => ReservedBonds = ({ mass }) => ({ taken: new Int32Array(mass.length), between: () => 0 }), // prettier-ignore
): Constraint {
  return (group, level) => {
    const { groups, parents } = level.candidates;
    const reserved = reservedAt(level.candidates);
    const left = bondsLeft(level, valences, digits, reserved);
    const between = [...new Set(groups.between.subarray(2 * group, 2 * group + 2))];
    const needs = between.map((parent) => openBlocks(level, reserved, parent, group));
    return (code: number) => {
      const after = left.slice();
      takeBonds(after, groups, group, { code, digits, reserved });
      if (after.some((bonds, node) => bonds < 0 && bonds < left[node]!)) return false;
      return between.every((parent, i) => {
        const total = parents.reduce((sum, p, node) => (p === parent ? sum + after[node]! : sum), 0);
        return total >= needs[i]!;
      });
    };
  };
}

/** Blocks at a coarse node that are not known yet, without one and those that reserved bonds fill. */
function openBlocks(
  { candidates: { groups }, known }: PartlyChosen,
  { between }: ReservedBonds,
  parent: number,
  but: number,
): number {
  let open = 0;
  for (let group = 0; group < groups.count; group++) {
    if (group === but || known.patterns[group] === 1 || groups.forms[group] === FORM.siblings) continue;
    if (groups.between[2 * group] !== parent && groups.between[2 * group + 1] !== parent) continue;
    const isFilled = [0, 1, 2, 3].some((pair) => {
      const at = 2 * (group * PAIRS + pair);
      return groups.pairs[at]! >= 0 && between(groups.pairs[at]!, groups.pairs[at + 1]!) > 0;
    });
    if (!isFilled) open += 1;
  }
  return open;
}

/** Bonds that each node can still take. */
function bondsLeft(
  { candidates: { groups, mass, formulas }, codes, known }: PartlyChosen,
  valences: readonly number[],
  digits: Uint8Array,
  reserved: ReservedBonds,
): Int32Array {
  const labels = valences.length;
  const left = Int32Array.from(mass, (_, node) =>
    valences.reduce((sum, valence, label) => sum + valence * formulas[node * labels + label]!, -reserved.taken[node]!),
  );
  for (let group = 0; group < groups.count; group++) {
    if (known.patterns[group] === 1) takeBonds(left, groups, group, { code: codes.patterns[group]!, digits, reserved });
  }
  return left;
}

/** Takes the bonds of a pattern off what nodes have left. */
function takeBonds(
  left: Int32Array,
  { pairs }: Groups,
  group: number,
  { code, digits, reserved }: { readonly code: number; readonly digits: Uint8Array; readonly reserved: ReservedBonds },
): void {
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = digits[code * PAIRS + pair]!;
    if (order === 0) continue;
    const [u, v] = [pairs[2 * (group * PAIRS + pair)]!, pairs[2 * (group * PAIRS + pair) + 1]!];
    const more = order - reserved.between(u, v);
    left[u]! -= more;
    left[v]! -= more;
  }
}
