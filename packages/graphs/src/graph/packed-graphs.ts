import { edgesOf, graphOf, type Edge, type Graph } from "./graph.js";

/** Graphs by their number. An array of graphs is one. */
export interface GraphSource {
  readonly length: number;
  /** The graph of a number; undefined where there is none. */
  at(index: number): Graph | undefined;
}

/**
 * Many small graphs in three arrays, made into graphs when they are asked for: six arrays for each of a hundred thousand keep the garbage
 * collector busy for longer than a training step takes.
 */
export function packed(graphs: Iterable<Graph>): GraphSource {
  const nodeLabels: number[] = [];
  const edges: number[] = [];
  const starts: [nodes: number, edges: number][] = [[0, 0]];
  for (const graph of graphs) {
    for (const label of graph.nodeLabels) nodeLabels.push(label);
    for (const edge of edgesOf(graph)) edges.push(...edge);
    starts.push([nodeLabels.length, edges.length]);
  }
  const [labelsOfAll, edgesOfAll] = [Uint8Array.from(nodeLabels), Int32Array.from(edges)];
  const offsets = Int32Array.from(starts.flat());
  return {
    length: starts.length - 1,
    at(index) {
      if (!(index >= 0 && index < starts.length - 1)) return undefined;
      const [nodes, first, nextNodes, end] = offsets.subarray(2 * index, 2 * index + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const own = Array.from({ length: (end - first) / 3 }, (_, i): Edge => {
        const at = first + 3 * i;
        return [edgesOfAll[at]!, edgesOfAll[at + 1]!, edgesOfAll[at + 2]!];
      });
      return graphOf({ nodeCount: nextNodes - nodes, edges: own, nodeLabels: labelsOfAll.subarray(nodes, nextNodes) });
    },
  };
}
