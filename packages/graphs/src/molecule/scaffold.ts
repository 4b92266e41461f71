import { degreeOf, edgesOf, graphOf, type Edge, type Graph } from "../graph/graph.js";
import type { Chemistry } from "./chemistry.js";
import { moleculeGraph } from "./molecule.js";
import { valuesOf, type Outcome } from "./rdkit/question.js";
import { vocabularyOf } from "./vocabulary.js";

/** Edge label of a double bond. */
const DOUBLE = 1;

/**
 * The Murcko scaffold of a molecule (Bemis, Murcko 1996) as RDKit's `GetScaffoldForMol` gives it: rings and what links them, and
 * atoms that a double bond joins to these. Without atoms where there is no ring.
 */
export function murckoScaffold(graph: Graph): Graph {
  const kept = withoutTrees(graph);
  const edges = edgesOf(graph);
  const exocyclic = edges.flatMap(([a, b, label]) =>
    label === DOUBLE && kept[a] !== kept[b] ? [kept[a] === 1 ? b : a] : [],
  );
  for (const atom of exocyclic) kept[atom] = 1;
  return induced(graph, kept);
}

/** Marks what is left when nodes of degree one are taken away for as long as there are any; of a tree, nothing. */
function withoutTrees(graph: Graph): Uint8Array {
  const kept = new Uint8Array(graph.nodeCount).fill(1);
  const degrees = Int32Array.from({ length: graph.nodeCount }, (_, v) => degreeOf(graph, v));
  const waiting = [...degrees.keys()].filter((v) => degrees[v]! <= 1);
  for (let v = waiting.pop(); v !== undefined; v = waiting.pop()) {
    if (kept[v] === 0) continue;
    kept[v] = 0;
    for (const other of graph.neighbours.subarray(graph.offsets[v], graph.offsets[v + 1])) {
      if (kept[other] === 1 && --degrees[other]! <= 1) waiting.push(other);
    }
  }
  return kept;
}

/** The graph of the marked nodes and the edges between them. */
function induced(graph: Graph, kept: Uint8Array): Graph {
  const nodes = [...kept.keys()].filter((v) => kept[v] === 1);
  const numbers = new Map(nodes.map((v, i) => [v, i]));
  const edges = edgesOf(graph).flatMap(([a, b, label]): Edge[] => {
    const [from, to] = [numbers.get(a), numbers.get(b)];
    return from === undefined || to === undefined ? [] : [[from, to, label]];
  });
  return graphOf({ nodeCount: nodes.length, edges, nodeLabels: nodes.map((v) => graph.nodeLabels[v]!) });
}

/** The canonical SMILES of molecules' Murcko scaffolds; `empty` where a molecule has no ring. */
export async function scaffolds(chemistry: Chemistry, smiles: readonly string[]): Promise<Outcome<string>[]> {
  const parsed = await chemistry.parse(smiles);
  const parts = valuesOf(parsed);
  const vocabulary = vocabularyOf(parts);
  const graphs = parts.map((molecule) => murckoScaffold(moleculeGraph(molecule, vocabulary)));
  const named = await chemistry.canonicalSmiles(graphs, vocabulary);
  let next = 0;
  return parsed.map((outcome) => (outcome.ok ? named[next++]! : outcome));
}
