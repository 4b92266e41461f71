import type { GraphModelConfig } from "../config/config.js";
import { FORM, PAIRS } from "../pyramid/candidates.js";
import type { PartlyChosen } from "../pyramid/codes.js";
import type { Patterns } from "../pyramid/patterns.js";

/** Weight of an edge that may be. */
const UNKNOWN = 0.5;

/**
 * States of a pair: no candidate, unknown siblings, unknown in a block, then siblings by label, then blocks by label, then, where edges have
 * several labels, an edge whose label is not known.
 */
export function pairStates(edgeLabels: number): number {
  return 3 + 2 * (edgeLabels + 1) + Number(edgeLabels > 1);
}

/**
 * Weights of the edges of two kinds of random walks by the state of a pair. The one goes wherever there may be an edge, half as often where that is
 * not known: what the graph will be like. The other goes along known edges only: which chains and rings there are already.
 */
export function edgeWeights(edgeLabels: number): readonly Float32Array[] {
  const edges = new Array<number>(edgeLabels).fill(1);
  return [UNKNOWN, 0].map((unknown) =>
    Float32Array.from([0, unknown, unknown, 0, ...edges, 0, ...edges, ...(edgeLabels > 1 ? [1] : [])]),
  );
}

/** Numbers of the walks between two nodes: of both kinds, one for each length. */
export function walkFeatures({ walkLength }: GraphModelConfig["network"]): number {
  return 2 * walkLength;
}

/** The state of a pair of a group. */
export function stateOfPair(
  { candidates, codes, known }: PartlyChosen,
  group: number,
  pair: number,
  patterns: Patterns,
): number {
  const block = candidates.groups.forms[group] === FORM.siblings ? 0 : 1;
  const label = patterns.digits[codes.patterns[group]! * PAIRS + pair]!;
  if (known.patterns[group] === 1) return 3 + block * patterns.labels + label;
  return block === 1 && candidates.labelled ? 3 + 2 * patterns.labels : 1 + block;
}
