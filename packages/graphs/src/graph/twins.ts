import type { Graph } from "./graph.js";

/** For each entry of `neighbours`, the entry of the same edge at its other end, [2 edgeCount]. Linear in the edges. */
export function twinsOf(graph: Graph): Int32Array {
  const { nodeCount, offsets, neighbours } = graph;
  const twins = new Int32Array(neighbours.length);
  // Neighbours ascend: going through the nodes in order meets the entries of each other node in order, too.
  const next = offsets.slice(0, nodeCount);
  for (let v = 0; v < nodeCount; v++) {
    for (let at = offsets[v]!; at < offsets[v + 1]!; at++) twins[at] = next[neighbours[at]!]!++;
  }
  return twins;
}
