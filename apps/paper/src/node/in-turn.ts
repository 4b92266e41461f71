/** Does one after the other. */
export async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item, place: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [place, item] of items.entries()) results.push(await work(item, place));
  return results;
}

/**
 * Does all items of one seed before those of the next, so that what is interrupted has whole seeds.
 *
 * @returns for each item the results of its seeds
 */
export async function seedBySeed<Item, Result>(
  seeds: readonly number[],
  items: readonly Item[],
  work: (item: Item, seed: number) => Promise<Result>,
): Promise<Result[][]> {
  const ofSeeds = await inTurn(seeds, (seed) => inTurn(items, (item) => work(item, seed)));
  return items.map((_, i) => ofSeeds.map((results) => results[i]!));
}
