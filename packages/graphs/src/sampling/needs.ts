import { PAIRS, type Candidates } from "../pyramid/candidates.js";

/** What a choice depends on, by number: those that need the same are not made at once. */
export type Needs = (site: number) => readonly number[];

/** What siblings compete for: two nodes that part have nothing in common with others, of many each is in several groups. */
export function siblingNeeds({ parents, groups }: Candidates): Needs {
  const children = childrenOf(parents);
  return (group) => {
    const parent = groups.between[2 * group]!;
    return children[parent]! <= 2 ? [] : [groups.pairs[2 * PAIRS * group]!, groups.pairs[2 * PAIRS * group + 1]!];
  };
}

/** The coarse nodes that a block competes for: those that split. */
export function blockNeeds({ parents, groups }: Candidates): Needs {
  const children = childrenOf(parents);
  return (group) => [groups.between[2 * group]!, groups.between[2 * group + 1]!].filter((node) => children[node]! > 1);
}

/**
 * The nodes that the label of an edge depends on: those it joins and their neighbours. In a ring of five or six all edges are decided one by one:
 * whether a ring is aromatic is said by edges that share no node.
 */
export function labelNeeds({ groups: { between } }: Candidates): Needs {
  const endsOf = (group: number) => [between[2 * group]!, between[2 * group + 1]!] as const;
  const around = new Map<number, Set<number>>();
  for (let group = 0; 2 * group < between.length; group++) {
    const [p, q] = endsOf(group);
    for (const end of [p, q]) for (const node of [p, q]) add(around, end, node);
  }
  return (group) => [...new Set(endsOf(group).flatMap((node) => [...around.get(node)!]))];
}

/** What the split of a node depends on: the groups that it is in, since what is split off suits what becomes of its neighbours. */
export function splitNeeds({ groups: { pairs } }: Candidates): Needs {
  const groupsOf = new Map<number, Set<number>>();
  pairs.forEach((node, at) => {
    if (node >= 0) add(groupsOf, node, Math.floor(at / (2 * PAIRS)));
  });
  return (node) => [...(groupsOf.get(node) ?? [])];
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
