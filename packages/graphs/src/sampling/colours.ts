import { permutation } from "@nextscale/refinement-core";
import type { LevelRandom } from "./reveal-order.js";
import { withNear, type Needs } from "./needs.js";

/**
 * Groups in phases of which none has two groups that need the same, as few as a simple rule finds: in a random order, those that compete with most
 * others first, which saves colours (Welsh and Powell 1967); each in the first colour that no group before it has that needs one of the same things.
 *
 * What a group needs is listed when it is its turn, and colours are kept at what groups are about alone: the edges of a hub each need all of its
 * neighbours, and memory would grow with the square of their number.
 */
export function colours(
  groups: readonly number[],
  needs: Needs,
  { stream, ...at }: LevelRandom & { readonly site: number },
): number[][] {
  const order = Array.from(permutation(stream, groups.length, at), (place) => groups[place]!);
  const needed = (group: number) => withNear(needs.at(group), needs);
  const demand = new Map<number, number>();
  for (const group of order) for (const thing of needed(group)) demand.set(thing, (demand.get(thing) ?? 0) + 1);
  const ranked = order.map((group) => {
    let rivals = 0;
    for (const thing of needed(group)) rivals += demand.get(thing)!;
    return { group, rivals };
  });
  const taken = new Map<number, number[]>();
  const result: number[][] = [];
  for (const { group } of ranked.sort((a, b) => b.rivals - a.rivals)) {
    const barred = new Set<number>();
    for (const thing of withNear(needed(group), needs)) for (const colour of taken.get(thing) ?? []) barred.add(colour);
    let colour = 0;
    while (barred.has(colour)) colour++;
    for (const thing of needs.at(group)) {
      const own = taken.get(thing);
      if (own === undefined) taken.set(thing, [colour]);
      else own.push(colour);
    }
    (result[colour] ??= []).push(group);
  }
  return result;
}
