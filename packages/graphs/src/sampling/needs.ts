import { PAIRS, type Candidates } from "../pyramid/candidates.js";

/** Nodes that the choice of a group depends on: groups that need the same one are not chosen at once. */
export type Needs = (group: number) => readonly number[];

/** What siblings compete for: two nodes that part have nothing in common with others, of many each is in several groups. */
export function siblingNeeds({ parents, groups }: Candidates): Needs {
  const children = childrenOf(parents);
  return (group) => {
    const parent = groups.between[2 * group]!;
    return children[parent]! <= 2 ? [] : [groups.pairs[2 * PAIRS * group]!, groups.pairs[2 * PAIRS * group + 1]!];
  };
}

/** The coarse nodes that a block competes for: those that split, and both where edges get their labels. */
export function blockNeeds({ parents, labelled, groups }: Candidates): Needs {
  const children = childrenOf(parents);
  return (group) => {
    const ends = [groups.between[2 * group]!, groups.between[2 * group + 1]!];
    return labelled ? ends : ends.filter((node) => children[node]! > 1);
  };
}

/** How many children each coarse node has, by its number. */
function childrenOf(parents: Int32Array): Int32Array {
  const children = new Int32Array(parents.length);
  for (const parent of parents) children[parent]!++;
  return children;
}
