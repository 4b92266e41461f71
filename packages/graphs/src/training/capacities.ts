import type { Capacity } from "../refiner/inputs.js";

/** Nodes and groups of a level. */
export interface LevelSize {
  readonly nodes: number;
  readonly groups: number;
}

/** Capacities are halved until this few nodes: levels of fewer cost next to nothing. */
const LEAST_NODES = 8;
/** With so many the coarsest levels cost little enough, also where cost grows with nodes and not with their square. */
const MOST_CAPACITIES = 4;
/** Groups over what was seen: other keys make other levels. */
const MARGIN = 1.25;

/**
 * What the levels in a step are padded to, the largest first. Each capacity has room for half the nodes of the one before, and for twice as many
 * levels: coarse levels decide what a graph is like as a whole and cost little, so each costs a step half of what the one before does.
 *
 * @param sizes of the levels of some graphs
 * @param largest nodes of the largest graph
 * @param items levels of the largest capacity
 */
export function capacitiesOf(sizes: readonly LevelSize[], largest: number, items: number): readonly Capacity[] {
  const capacities: Capacity[] = [];
  let [nodes, left] = [largest, sizes];
  for (let factor = 1; left.length > 0; factor *= 2) {
    const next = Math.ceil(nodes / 2);
    const isLast = next < LEAST_NODES || factor === 2 ** (MOST_CAPACITIES - 1);
    const own = left.filter((size) => isLast || size.nodes > next);
    if (own.length > 0) capacities.push({ items: items * factor, nodes, groups: roomFor(own) });
    left = left.filter((size) => !isLast && size.nodes <= next);
    nodes = next;
  }
  return capacities;
}

/** The place of the smallest capacity that a level fits in; -1 where there is none. */
export function placeOf({ nodes, groups }: LevelSize, capacities: readonly Capacity[]): number {
  return capacities.findLastIndex((capacity) => nodes <= capacity.nodes && groups <= capacity.groups);
}

function roomFor(sizes: readonly LevelSize[]): number {
  const most = sizes.reduce((found, { groups }) => Math.max(found, groups), 0);
  return Math.ceil((MARGIN * most) / 4) * 4;
}
