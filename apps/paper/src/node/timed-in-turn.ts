/**
 * Times several things in turn, so that what else the machine does meanwhile is shared by all of them. Each round does all of them
 * once: it begins with another one than the round before, and every other round goes backwards, so that none always follows the same.
 *
 * @param time does one of them once more, and says how long it took
 * @returns for each its times, in the order of the rounds
 */
export async function timedInTurn<Item>(
  items: readonly Item[],
  rounds: number,
  time: (item: Item) => Promise<number>,
): Promise<number[][]> {
  const times = items.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    const order = items.map((_, place) => (place + round) % items.length);
    for (const i of round % 2 === 0 ? order : order.toReversed()) times[i]!.push(await time(items[i]!));
  }
  return times;
}
