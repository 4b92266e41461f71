import fc from "fast-check";
import { graphOf, type Edge, type Graph } from "../../src/index.js";
import type { MoleculeVocabulary } from "../../src/molecule/vocabulary.js";

/** Molecules with what is hard about them: charges, rings, aromatic ones with and without hydrogen, triple bonds, high valences. */
export const MOLECULES = [
  "C",
  "CCO",
  "c1ccccc1",
  "c1cc[nH]c1",
  "Cn1cnc2c1c(=O)n(C)c(=O)n2C",
  "CC(=O)Oc1ccccc1C(=O)O",
  "C[N+](=O)[O-]",
  "[NH3+]CC(=O)[O-]",
  "[C-]#[O+]",
  "C[N+]#[C-]",
  "N#Cc1ccc(S(=O)(=O)C(F)(F)F)cc1",
  "C1CC2CCC1C2",
  "O=P(O)(O)OC",
  "c1ccc2c(c1)ccc1ccccc12",
  "C[S+](C)C",
  "c1cc[n+]([O-])cc1",
  "BrC(I)Cl",
  "CC#CC=C=O",
] as const;

/** Atom types of the graphs below. */
export const SMALL_VOCABULARY: MoleculeVocabulary = [
  { element: "C", charge: 0 },
  { element: "N", charge: 0 },
  { element: "O", charge: 0 },
  { element: "N", charge: 1 },
  { element: "O", charge: -1 },
  { element: "S", charge: 0 },
  { element: "P", charge: 0 },
  { element: "Cl", charge: 0 },
];

/** Any small graph with labels of a vocabulary, of which few are molecules. */
export function anyGraph(types = SMALL_VOCABULARY.length, mostNodes = 7): fc.Arbitrary<Graph> {
  return fc.integer({ min: 1, max: mostNodes }).chain((nodeCount) =>
    fc
      .record({
        nodeLabels: fc.array(fc.nat({ max: types - 1 }), { minLength: nodeCount, maxLength: nodeCount }),
        // A tree, so that most are connected, and a few more edges.
        parents: fc.array(fc.nat(), { minLength: nodeCount - 1, maxLength: nodeCount - 1 }),
        more: fc.array(fc.tuple(fc.nat({ max: nodeCount - 1 }), fc.nat({ max: nodeCount - 1 })), { maxLength: 2 }),
        labels: fc.array(fc.nat({ max: 2 }), { minLength: nodeCount + 2, maxLength: nodeCount + 2 }),
      })
      .map(({ nodeLabels, parents, more, labels }) => {
        const pairs = [...parents.map((parent, i) => [i + 1, parent % (i + 1)] as const), ...more];
        const unique = new Map(
          pairs.filter(([a, b]) => a !== b).map(([a, b]) => [`${Math.min(a, b)}-${Math.max(a, b)}`, [a, b] as const]),
        );
        const edges = [...unique.values()].map(([a, b], i): Edge => [a, b, labels[i]!]);
        return graphOf({ nodeCount, edges, nodeLabels });
      }),
  );
}

/** A graph and an order of its nodes. */
export function withOrder(graphs: fc.Arbitrary<Graph>): fc.Arbitrary<readonly [Graph, number[]]> {
  return graphs.chain((graph) =>
    fc.tuple(
      fc.constant(graph),
      fc.shuffledSubarray([...Array(graph.nodeCount).keys()], { minLength: graph.nodeCount }),
    ),
  );
}
