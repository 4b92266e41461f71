import { NextscaleError } from "@nextscale/engine";
import { edgesOf, graphOf, type Edge, type Graph } from "../graph/graph.js";
import { largestValence, type AtomType } from "./valence.js";
import { labelsIn, type MoleculeVocabulary } from "./vocabulary.js";

/** Bond orders that edge labels stand for: single, double, triple. Aromatic rings are written as one of their Kekulé forms. */
export const BOND_ORDERS = [1, 2, 3] as const;

/** A molecule before its atoms are looked up in a vocabulary: heavy atoms and the bonds between them, hydrogens implicit. */
export interface MoleculeParts {
  readonly atoms: readonly AtomType[];
  /** Two atoms, by number, and the order of their bond: 1, 2 or 3. */
  readonly bonds: readonly (readonly [a: number, b: number, order: number])[];
}

/**
 * A molecule as a graph: node labels index the vocabulary, edge label l is a bond of order l + 1.
 *
 * @throws NextscaleError `invalid-data` for an atom outside the vocabulary or a bond that is no edge
 */
export function moleculeGraph({ atoms, bonds }: MoleculeParts, vocabulary: MoleculeVocabulary): Graph {
  const edges = bonds.map(([a, b, order]): Edge => [a, b, order - 1]);
  if (bonds.some(([, , order]) => !BOND_ORDERS.includes(order as 1))) throw unknownBond();
  return graphOf({ nodeCount: atoms.length, edges, nodeLabels: atoms.map(labelsIn(vocabulary)) });
}

/**
 * What a graph stands for as a molecule.
 *
 * @throws NextscaleError `invalid-data` for a node or edge label that stands for nothing
 */
export function moleculeParts(graph: Graph, vocabulary: MoleculeVocabulary): MoleculeParts {
  return {
    atoms: typesOf(graph, vocabulary),
    bonds: edgesOf(graph).map(([a, b, label]) => [a, b, orderOf(label)] as const),
  };
}

/**
 * Of each atom, how much the sum of its bond orders may still grow before no sanitiser takes it: the mask of a decoder that adds
 * bonds. Negative where it is exceeded.
 *
 * @returns [nodeCount]
 * @throws NextscaleError `invalid-data` for a node or edge label that stands for nothing
 */
export function remainingValences(graph: Graph, vocabulary: MoleculeVocabulary): Int32Array {
  const remaining = Int32Array.from(typesOf(graph, vocabulary), largestValence);
  for (let v = 0; v < graph.nodeCount; v++) {
    for (let at = graph.offsets[v]!; at < graph.offsets[v + 1]!; at++) remaining[v]! -= orderOf(graph.edgeLabels[at]!);
  }
  return remaining;
}

function typesOf(graph: Graph, vocabulary: MoleculeVocabulary): AtomType[] {
  return Array.from(graph.nodeLabels, (label) => {
    const type = vocabulary[label];
    if (type !== undefined) return type;
    throw new NextscaleError({
      code: "invalid-data",
      where: "graphs/moleculeParts",
      expected: `node labels from 0 to ${vocabulary.length - 1}`,
      got: `${label}`,
      fix: "pass the vocabulary that the graph was made with",
    });
  });
}

function orderOf(label: number): number {
  const order = BOND_ORDERS[label];
  if (order === undefined) throw unknownBond();
  return order;
}

function unknownBond(): NextscaleError {
  return new NextscaleError({
    code: "invalid-data",
    where: "graphs/molecule",
    expected: "bonds of order 1, 2 or 3, which are edges with labels 0, 1 or 2",
    got: "another",
  });
}
