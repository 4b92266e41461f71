import type { Candidates } from "../pyramid/candidates.js";
import { FORM } from "../pyramid/candidates.js";
import type { CodeKind } from "./codes.js";

/** A code that is chosen: one of a node, or of a group. */
export interface Site {
  readonly of: CodeKind;
  readonly at: number;
}

/** What must be chosen of a level; the rest follows from what the coarser one says. */
export interface Sites {
  readonly kinds: readonly number[];
  readonly siblings: readonly number[];
  readonly blocks: readonly number[];
  readonly splits: readonly number[];
}

/**
 * The sites of a level.
 *
 * @param kinds how many a node's kind is one of; with one there is nothing to choose
 * @param apart whether the nodes of this level are to fall apart: then nothing of their splits is chosen
 */
export function sitesOf(
  { mass, finest, groups }: Candidates,
  { kinds, labels, apart }: { readonly kinds: number; readonly labels: number; readonly apart: boolean },
): Sites {
  const nodes = Array.from(mass.keys());
  const all = Array.from({ length: groups.count }, (_, group) => group);
  const settled = (group: number) => groups.forms[group] === FORM.oneByOne && (!finest || labels === 1);
  return {
    kinds: kinds > 1 ? nodes : [],
    siblings: all.filter((group) => groups.forms[group] === FORM.siblings),
    blocks: all.filter((group) => groups.forms[group] !== FORM.siblings && !settled(group)),
    splits: finest || apart ? [] : nodes.filter((node) => mass[node]! > 1),
  };
}
