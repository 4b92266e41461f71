import { PAIRS, type Candidates, type Groups } from "../pyramid/candidates.js";

/** What choices depend on, by number: those that need the same are not made at once. */
export interface Needs {
  /** What a choice is about, all of which it needs. */
  readonly at: (site: number) => readonly number[];
  /**
   * What a choice needs besides because of each thing that it is about, the thing itself among it; if one thing is near another, so is that
   * near the first. Default: no more than the thing.
   */
  readonly near?: (thing: number) => Iterable<number>;
}

/** Things, and what is near them, each once. */
export function withNear(things: Iterable<number>, { near }: Needs): ReadonlySet<number> {
  if (near === undefined) return new Set(things);
  const all = new Set<number>();
  for (const thing of things) for (const other of near(thing)) all.add(other);
  return all;
}

/** What siblings compete for: two nodes that part have nothing in common with others, of many each is in several groups. */
export function siblingNeeds({ parents, groups }: Candidates): Needs {
  const children = childrenOf(parents);
  return {
    at(group) {
      const parent = groups.between[2 * group]!;
      return children[parent]! <= 2 ? [] : [groups.pairs[2 * PAIRS * group]!, groups.pairs[2 * PAIRS * group + 1]!];
    },
  };
}

/** The coarse nodes that a block competes for: those that split. */
export function blockNeeds({ parents, groups }: Candidates): Needs {
  const children = childrenOf(parents);
  return { at: (group) => endsOf(groups, group).filter((node) => children[node]! > 1) };
}

/**
 * The nodes that the label of an edge depends on: those it joins and their neighbours. In a ring of five or six all edges are decided one by one:
 * whether a ring is aromatic is said by edges that share no node.
 */
export function labelNeeds({ groups }: Candidates): Needs {
  const around = new Map<number, Set<number>>();
  for (let group = 0; group < groups.count; group++) {
    const ends = endsOf(groups, group);
    for (const end of ends) for (const node of ends) add(around, end, node);
  }
  return { at: (group) => endsOf(groups, group), near: (node) => around.get(node)! };
}

/** What the split of a node depends on: the groups that it is in, since what is split off suits what becomes of its neighbours. */
export function splitNeeds({ groups: { pairs } }: Candidates): Needs {
  const groupsOf = new Map<number, Set<number>>();
  pairs.forEach((node, at) => {
    if (node >= 0) add(groupsOf, node, Math.floor(at / (2 * PAIRS)));
  });
  return { at: (node) => [...(groupsOf.get(node) ?? [])] };
}

/** The coarse nodes that a group lies between. */
function endsOf({ between }: Groups, group: number): readonly [number, number] {
  return [between[2 * group]!, between[2 * group + 1]!];
}

/** Adds a value to the set of a key. */
function add(sets: Map<number, Set<number>>, key: number, value: number): void {
  const own = sets.get(key);
  if (own === undefined) sets.set(key, new Set([value]));
  else own.add(value);
}

/** How many children each coarse node has, by its number. */
function childrenOf(parents: Int32Array): Int32Array {
  const children = new Int32Array(parents.length);
  for (const parent of parents) children[parent]!++;
  return children;
}
