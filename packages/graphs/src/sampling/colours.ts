import { permutation } from "@nextscale/refinement-core";
import type { LevelRandom } from "./reveal-order.js";
import type { Needs } from "./needs.js";

/**
 * Groups in phases of which none has two groups that need the same, as few as a simple rule finds: in a random order, those that compete with most
 * others first, which saves colours (Welsh and Powell 1967); each in the first colour that no group before it has that needs one of the same things.
 */
export function colours(
  groups: readonly number[],
  needs: Needs,
  { stream, ...at }: LevelRandom & { readonly site: number },
): number[][] {
  const wanted = Array.from(permutation(stream, groups.length, at), (place) => {
    return { group: groups[place]!, nodes: needs(groups[place]!) };
  });
  const demand = new Map<number, number>();
  for (const { nodes } of wanted) for (const node of nodes) demand.set(node, (demand.get(node) ?? 0) + 1);
  const ranked = wanted.map((one) => ({ ...one, rivals: one.nodes.reduce((sum, node) => sum + demand.get(node)!, 0) }));
  const taken = new Map<number, Set<number>>();
  const result: number[][] = [];
  for (const { group, nodes } of ranked.sort((a, b) => b.rivals - a.rivals)) {
    const sets = nodes.map((node) => {
      const set = taken.get(node) ?? new Set<number>();
      taken.set(node, set);
      return set;
    });
    let colour = 0;
    while (sets.some((set) => set.has(colour))) colour++;
    for (const set of sets) set.add(colour);
    (result[colour] ??= []).push(group);
  }
  return result;
}
