import { FORM, PAIRS, type Groups } from "../pyramid/candidates.js";
import type { PartlyChosen } from "../pyramid/codes.js";

/** Bonds that there are to be whatever is drawn: those of a scaffold. */
export interface ReservedBonds {
  /** Bonds that they take of what each node of a level has room for, [n]. */
  readonly taken: Int32Array;
  /** What of an edge between two nodes has been taken already: its order where edges have labels, 1 at other levels; 0 where none has. */
  between(u: number, v: number): number;
}

/**
 * Bonds that each node can still take: where edges have labels the order of one is its label plus one, at other levels every edge is a bond at
 * least.
 *
 * @param valences largest sum of bond orders of each label
 * @param digits labels of the pairs of each pattern
 * @returns [n]; negative where there are too many already
 */
export function bondsLeft(
  { candidates: { groups, mass, formulas }, codes, known }: PartlyChosen,
  valences: readonly number[],
  digits: Uint8Array,
  reserved?: ReservedBonds,
): Int32Array {
  const labels = valences.length;
  const left = Int32Array.from(mass, (_, node) =>
    valences.reduce(
      (sum, valence, label) => sum + valence * formulas[node * labels + label]!,
      -(reserved?.taken[node] ?? 0),
    ),
  );
  for (let group = 0; group < groups.count; group++) {
    if (known.patterns[group] === 1) takeBonds(left, groups, group, { code: codes.patterns[group]!, digits, reserved });
  }
  return left;
}

/** Takes the bonds of a pattern off what nodes have left. */
export function takeBonds(
  left: Int32Array,
  { pairs }: Groups,
  group: number,
  { code, digits, reserved }: { readonly code: number; readonly digits: Uint8Array; readonly reserved: ReservedBonds | undefined }, // prettier-ignore
): void {
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = digits[code * PAIRS + pair]!;
    if (order === 0) continue;
    const [u, v] = [pairs[2 * (group * PAIRS + pair)]!, pairs[2 * (group * PAIRS + pair) + 1]!];
    const more = order - (reserved?.between(u, v) ?? 0);
    left[u]! -= more;
    left[v]! -= more;
  }
}

/** Blocks at each coarse node that are not known yet, each of which takes a bond at least; those that reserved bonds fill do not count. */
export function openBlocks(
  { candidates: { groups, parents }, known }: PartlyChosen,
  reserved?: ReservedBonds,
): Int32Array {
  const open = new Int32Array(parents.length);
  for (let group = 0; group < groups.count; group++) {
    if (known.patterns[group] === 1 || groups.forms[group] === FORM.siblings) continue;
    const isFilled = [0, 1, 2, 3].some((pair) => {
      const [u, v] = [groups.pairs[2 * (group * PAIRS + pair)]!, groups.pairs[2 * (group * PAIRS + pair) + 1]!];
      return u >= 0 && (reserved?.between(u, v) ?? 0) > 0;
    });
    if (isFilled) continue;
    open[groups.between[2 * group]!]! += 1;
    open[groups.between[2 * group + 1]!]! += 1;
  }
  return open;
}
