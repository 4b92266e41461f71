import type { Candidates } from "../pyramid/candidates.js";
import { FORM } from "../pyramid/candidates.js";
import type { CodeKind } from "../pyramid/codes.js";

/** A code that is chosen: one of a node, or of a group. */
export interface Site {
  readonly of: CodeKind;
  readonly at: number;
}

/** What must be chosen of a level; the rest follows from what the coarser one says. */
export interface Sites {
  readonly siblings: readonly number[];
  readonly blocks: readonly number[];
  readonly splits: readonly number[];
}

/**
 * The sites of a level.
 *
 * @param apart whether the nodes of this level are to fall apart: then nothing of their splits is chosen
 */
export function sitesOf({ mass, labelled, groups }: Candidates, { apart }: { readonly apart: boolean }): Sites {
  const all = Array.from({ length: groups.count }, (_, group) => group);
  // Of an edge that must be there nothing is to be chosen but its label.
  const settled = (group: number) => groups.forms[group] === FORM.oneByOne && !labelled;
  return {
    siblings: all.filter((group) => groups.forms[group] === FORM.siblings),
    blocks: all.filter((group) => groups.forms[group] !== FORM.siblings && !settled(group)),
    splits: apart ? [] : Array.from(mass.keys()).filter((node) => mass[node]! > 1),
  };
}

/** All of them, one by one. */
export function allSites({ siblings, blocks, splits }: Sites): Site[] {
  return [
    ...[...siblings, ...blocks].map((at): Site => ({ of: "patterns", at })),
    ...splits.map((at): Site => ({ of: "splits", at })),
  ];
}

/** Whether a level may have anything to choose: that of a node which falls apart has not. */
export function hasSites({ mass, groups }: Candidates, { apart }: { readonly apart: boolean }): boolean {
  return groups.count > 0 || (!apart && mass.some((nodes) => nodes > 1));
}
