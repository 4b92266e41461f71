import { bondsLeft, openBlocks } from "../codes/bonds-left.js";
import type { GraphModelConfig } from "../config/config.js";
import { largestValence } from "../molecule/valence.js";
import type { PartlyChosen } from "../pyramid/codes.js";
import type { Patterns } from "../pyramid/patterns.js";

/** Amounts that have a feature each: fewer counts as the first of them, more as the last. */
const [LEFT, SPARE] = [
  [0, 1, 2, 3, 4],
  [-1, 0, 1, 2, 3],
] as const;
/** Both as numbers, the first also for each atom. */
export const BOND_FEATURES = LEFT.length + SPARE.length + 3;

/**
 * What valences say of a node: bonds that it can still take, and those that are to spare when each block that is still open takes one, of it and its
 * sibling together. Nothing where nodes are no atoms.
 */
export function bondFeatures(
  task: PartlyChosen,
  atoms: GraphModelConfig["atoms"],
  { digits }: Patterns,
): (node: number) => readonly number[] {
  if (atoms === undefined) return () => [];
  const { mass, parents } = task.candidates;
  const left = bondsLeft(task, atoms.map(largestValence), digits);
  const spare = openBlocks(task).map((open) => -open);
  parents.forEach((parent, node) => (spare[parent]! += left[node]!));
  const oneOf = (amounts: readonly number[], amount: number) => {
    const found = Math.max(amounts[0]!, Math.min(amounts.at(-1)!, amount));
    return amounts.map((one) => Number(one === found));
  };
  return (node) => {
    const [own, beyond] = [left[node]!, spare[parents[node]!]!];
    return [own / 8, own / mass[node]! / 4, beyond / 8, ...oneOf(LEFT, own), ...oneOf(SPARE, beyond)];
  };
}
