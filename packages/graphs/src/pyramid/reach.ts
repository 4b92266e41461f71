import { neighboursOf, type Graph } from "../graph/graph.js";

/** Of each node of a level, how many nodes of the graph inside it each node of the graph is, or is joined with, where that is any. */
export type Reach = readonly ReadonlyMap<number, number>[];

/** That of a graph itself: a node reaches itself and its neighbours. */
export function reachOf(graph: Graph): Reach {
  return Array.from({ length: graph.nodeCount }, (_, node) => {
    return new Map([node, ...neighboursOf(graph, node)].map((other) => [other, 1]));
  });
}

/** That of the next coarser level. @param parents node that each node goes into */
export function mergedReach(reach: Reach, parents: Int32Array, nodes: number): Reach {
  const merged = Array.from({ length: nodes }, () => new Map<number, number>());
  parents.forEach((parent, node) => {
    const into = merged[parent]!;
    for (const [reached, times] of reach[node]!) into.set(reached, (into.get(reached) ?? 0) + times);
  });
  return merged;
}

/** Walks of two steps from a node inside the one to a node inside the other, where staying is a step too. */
export function walksBetween(reach: Reach, a: number, b: number): number {
  const [few, many] = [reach[a]!, reach[b]!].sort((p, q) => p.size - q.size);
  let walks = 0;
  for (const [reached, times] of few!) walks += times * (many!.get(reached) ?? 0);
  return walks;
}
