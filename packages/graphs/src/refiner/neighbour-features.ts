import { PAIRS } from "../pyramid/candidates.js";
import type { PartlyChosen } from "../pyramid/codes.js";
import type { Patterns } from "../pyramid/patterns.js";
import { pairStates, stateOfPair } from "./pair-states.js";

/** Sums above this are told apart by their logarithm alone. */
const MOST = 256;

/** Numbers that describe the neighbours of a node by one state of the pair. */
export const NEIGHBOUR_FEATURES = 3;

/**
 * Of each node, by the state of the pair, how many neighbours it may have and how heavy they are together. Attention is a mean and cannot count, which
 * valences are about, and degrees, and the sizes of communities.
 */
export function neighbourFeatures(task: PartlyChosen, patterns: Patterns): (node: number) => readonly number[] {
  const { mass, groups } = task.candidates;
  // Pairs of no group have the first state: they are not neighbours.
  const states = pairStates(patterns.labels - 1) - 1;
  const [counts, masses] = [new Int32Array(mass.length * states), new Int32Array(mass.length * states)];
  for (let at = 0; at < groups.count * PAIRS; at++) {
    const [u, v] = [groups.pairs[2 * at]!, groups.pairs[2 * at + 1]!];
    if (u < 0) continue;
    const state = stateOfPair(task, Math.floor(at / PAIRS), at % PAIRS, patterns) - 1;
    counts[u * states + state]! += 1;
    counts[v * states + state]! += 1;
    masses[u * states + state]! += mass[v]!;
    masses[v * states + state]! += mass[u]!;
  }
  return (node) =>
    Array.from({ length: states }, (_, state) => {
      const [count, sum] = [counts[node * states + state]!, masses[node * states + state]!];
      return [count, Math.min(sum, MOST) / 16, Math.log2(1 + sum) / 4];
    }).flat();
}
