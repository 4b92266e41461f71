import { isNextscaleError } from "@nextscale/engine";
import type { Graph } from "../graph/graph.js";
import type { Chemistry } from "./chemistry.js";
import { moleculeGraph, type MoleculeParts } from "./molecule.js";
import type { InvalidReason } from "./rdkit/question.js";
import type { MoleculeVocabulary } from "./vocabulary.js";

/** Molecules as graphs, and why others are none. */
export interface MoleculeGraphs {
  readonly graphs: readonly Graph[];
  /** Place of each graph's molecule among those that were given. */
  readonly places: readonly number[];
  /** How many were left out, by reason: `unmodelled` are those with an atom that the vocabulary has not. */
  readonly left: Readonly<Partial<Record<InvalidReason, number>>>;
}

/** Molecules that are parsed at a time. */
const AT_ONCE = 10_000;

/**
 * The graphs of molecules whose atoms a vocabulary has.
 *
 * @param onProgress called with the number of molecules that are done
 */
export async function moleculeGraphs(
  chemistry: Pick<Chemistry, "parse">,
  smiles: readonly string[],
  vocabulary: MoleculeVocabulary,
  onProgress?: (done: number, total: number) => void,
): Promise<MoleculeGraphs> {
  const graphs: Graph[] = [];
  const places: number[] = [];
  const left: Partial<Record<InvalidReason, number>> = {};
  for (let first = 0; first < smiles.length; first += AT_ONCE) {
    const outcomes = await chemistry.parse(smiles.slice(first, first + AT_ONCE));
    outcomes.forEach((outcome, i) => {
      const graph = outcome.ok ? graphIn(outcome.value, vocabulary) : undefined;
      if (graph !== undefined) {
        graphs.push(graph);
        places.push(first + i);
        return;
      }
      const reason = outcome.ok ? "unmodelled" : outcome.reason;
      left[reason] = (left[reason] ?? 0) + 1;
    });
    onProgress?.(Math.min(first + AT_ONCE, smiles.length), smiles.length);
  }
  return { graphs, places, left };
}

function graphIn(parts: MoleculeParts, vocabulary: MoleculeVocabulary): Graph | undefined {
  try {
    return moleculeGraph(parts, vocabulary);
  } catch (error) {
    if (isNextscaleError(error)) return undefined;
    throw error;
  }
}
