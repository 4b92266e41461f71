import { PAIRS } from "../pyramid/candidates.js";
import type { Patterns } from "../pyramid/patterns.js";
import type { Constraint } from "./constraint.js";
import { unionFind, type UnionFind } from "./union-find.js";

/**
 * Every level is connected. A code is refused when the level could not be connected any more even if every pair that is still open
 * became an edge. All edges of a group are always allowed, so there is always a code left, and no other code is refused.
 */
export function connected({ digits }: Patterns): Constraint {
  return ({ candidates: { mass, groups }, codes, known }, order) => {
    const joined = unionFind(mass.length);
    const join = (group: number, isEdge: (pair: number) => boolean) => {
      for (let pair = 0; pair < PAIRS; pair++) {
        const at = 2 * (group * PAIRS + pair);
        if (groups.pairs[at]! >= 0 && isEdge(pair)) joined.join(groups.pairs[at]!, groups.pairs[at + 1]!);
      }
    };
    const isEdgeOf = (code: number) => (pair: number) => digits[code * PAIRS + pair]! > 0;
    const hope = (group: number) => join(group, known.patterns[group] === 0 ? () => true : isEdgeOf(codes.patterns[group]!)); // prettier-ignore
    const chosenNow = new Set(order);
    for (let group = 0; group < groups.count; group++) if (!chosenNow.has(group)) hope(group);
    const joinOthers = othersOf(order, hope, joined);
    return (place) => {
      joinOthers(place);
      const parts = joined.parts();
      if (parts === 1) return undefined;
      return (code) => {
        join(order[place]!, isEdgeOf(code));
        const isJoined = joined.parts() === 1;
        joined.undo(parts);
        return isJoined;
      };
    };
  };
}

/**
 * Joins what all groups of an order but one hope for, for one after the other. Halves of the order are joined while the place is in the other half,
 * and so on inside it, so that each group is joined as often as the order can be halved, and not once for every other.
 */
function othersOf(order: readonly number[], hope: (group: number) => void, joined: UnionFind): (place: number) => void {
  const halves = [{ from: 0, to: order.length, parts: joined.parts() }];
  return (place) => {
    while (place >= halves.at(-1)!.to) joined.undo(halves.pop()!.parts);
    for (let { from, to } = halves.at(-1)!; to - from > 1;) {
      const parts = joined.parts();
      const middle = (from + to) >> 1;
      const isFirst = place < middle;
      order.slice(isFirst ? middle : from, isFirst ? to : middle).forEach(hope);
      [from, to] = isFirst ? [from, middle] : [middle, to];
      halves.push({ from, to, parts });
    }
  };
}
