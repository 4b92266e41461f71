import { PAIRS } from "../pyramid/candidates.js";
import type { Patterns } from "../pyramid/patterns.js";
import type { PartlyChosen } from "../pyramid/codes.js";
import type { Constraint } from "./constraint.js";

/**
 * Every level is connected. A code is refused when the level could not be connected any more even if every pair that is still open
 * became an edge. All edges of a group are always allowed, so there is always a code left, and no other code is refused.
 */
export function connected({ digits, count }: Patterns): Constraint {
  return (group, level) => {
    const hoped = hopedEdges(level, group, digits);
    const own = pairsOf(level, group);
    const reachable = (edges: readonly (readonly [number, number])[]) =>
      isJoined(level.candidates.mass.length, [...hoped, ...edges]);
    if (reachable([])) return undefined;
    const verdicts = new Map<number, boolean>();
    return (code) => {
      const present = own.flatMap((pair, at) => (pair !== undefined && digits[code * PAIRS + at]! > 0 ? [pair] : []));
      const which = own.reduce((sum, _, at) => sum + (digits[code * PAIRS + at]! > 0 ? 2 ** at : 0), 0);
      if (code >= count) return false;
      if (!verdicts.has(which)) verdicts.set(which, reachable(present));
      return verdicts.get(which)!;
    };
  };
}

/** Pairs of all groups but one that are edges or may still become such. */
function hopedEdges(level: PartlyChosen, but: number, digits: Uint8Array): (readonly [number, number])[] {
  const edges: (readonly [number, number])[] = [];
  for (let group = 0; group < level.candidates.groups.count; group++) {
    if (group === but) continue;
    pairsOf(level, group).forEach((pair, at) => {
      const open = level.known.patterns[group] === 0 || digits[level.codes.patterns[group]! * PAIRS + at]! > 0;
      if (pair !== undefined && open) edges.push(pair);
    });
  }
  return edges;
}

function pairsOf({ candidates: { groups } }: PartlyChosen, group: number): (readonly [number, number] | undefined)[] {
  return Array.from({ length: PAIRS }, (_, at) => {
    const [u, v] = groups.pairs.subarray(2 * (group * PAIRS + at), 2 * (group * PAIRS + at) + 2) as unknown as [
      number,
      number,
    ];
    return u < 0 ? undefined : ([u, v] as const);
  });
}

/** Whether edges join all nodes. */
function isJoined(nodes: number, edges: readonly (readonly [number, number])[]): boolean {
  const root = Int32Array.from({ length: nodes }, (_, v) => v);
  const find = (v: number): number => {
    let at = v;
    while (root[at] !== at) at = root[at] = root[root[at]!]!;
    return at;
  };
  let parts = nodes;
  for (const [u, v] of edges) {
    const [a, b] = [find(u), find(v)];
    if (a === b) continue;
    root[a] = b;
    parts -= 1;
  }
  return parts <= 1;
}
