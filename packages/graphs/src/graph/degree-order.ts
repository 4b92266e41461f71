import type { Graph } from "./graph.js";

/**
 * Every edge once, from its end of lower degree to the other. No node has more than √(2 edgeCount) edges out, however many it
 * has in all, which is what bounds the enumeration of triangles and cliques (Chiba and Nishizeki 1985).
 */
export interface DegreeOrder {
  /** Position of each node when sorted by degree, ties by number; any order of ties gives the same counts. */
  readonly rank: Int32Array;
  /** Where each node's edges out begin, [nodeCount + 1]. */
  readonly offsets: Int32Array;
  /** Where they lead, [edgeCount]. */
  readonly targets: Int32Array;
  /** Their entries in the graph's `neighbours`, [edgeCount]. */
  readonly entries: Int32Array;
}

/** The edges of a graph, directed by degree. */
export function degreeOrder(graph: Graph): DegreeOrder {
  const { nodeCount, edgeCount } = graph;
  const degree = (v: number): number => graph.offsets[v + 1]! - graph.offsets[v]!;
  const sorted = Int32Array.from({ length: nodeCount }, (_, v) => v).sort((a, b) => degree(a) - degree(b) || a - b);
  const rank = new Int32Array(nodeCount);
  sorted.forEach((v, position) => (rank[v] = position));
  const offsets = new Int32Array(nodeCount + 1);
  const targets = new Int32Array(edgeCount);
  const entries = new Int32Array(edgeCount);
  let filled = 0;
  for (let v = 0; v < nodeCount; v++) {
    for (let at = graph.offsets[v]!; at < graph.offsets[v + 1]!; at++) {
      if (rank[graph.neighbours[at]!]! < rank[v]!) continue;
      targets[filled] = graph.neighbours[at]!;
      entries[filled++] = at;
    }
    offsets[v + 1] = filled;
  }
  return { rank, offsets, targets, entries };
}
