import { neighboursOf, type Graph } from "./graph.js";

/** The connected component of each node, numbered from 0 in the order of their first nodes, and how many there are. */
export function componentsOf(graph: Graph): { readonly component: Int32Array; readonly count: number } {
  const component = new Int32Array(graph.nodeCount).fill(-1);
  let count = 0;
  for (let start = 0; start < graph.nodeCount; start++) {
    if (component[start] !== -1) continue;
    component[start] = count;
    const waiting = [start];
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
      for (const other of neighboursOf(graph, node)) {
        if (component[other] !== -1) continue;
        component[other] = count;
        waiting.push(other);
      }
    }
    count += 1;
  }
  return { component, count };
}

/** Whether a graph has one connected component. */
export function isConnected(graph: Graph): boolean {
  return componentsOf(graph).count === 1;
}
