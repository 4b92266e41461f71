import { isConnected } from "./components.js";
import { degreeOf, neighboursOf, type Graph } from "./graph.js";

/** Whether a graph is a tree: connected, with one edge less than it has nodes. */
export function isTree(graph: Graph): boolean {
  return graph.edgeCount === graph.nodeCount - 1 && isConnected(graph);
}

/**
 * Whether a graph is a lobster: a tree of which a path is left, or nothing, once its leaves are stripped twice (the validity of
 * GRAN's lobster set).
 */
export function isLobster(graph: Graph): boolean {
  if (!isTree(graph)) return false;
  const degrees = Int32Array.from({ length: graph.nodeCount }, (_, v) => degreeOf(graph, v));
  stripLeaves(graph, degrees);
  stripLeaves(graph, degrees);
  return degrees.every((degree) => degree <= 2);
}

/** What is left of a tree is a tree: its leaves, or its only node, get degree -1. */
function stripLeaves(graph: Graph, degrees: Int32Array): void {
  const leaves = Array.from(degrees.keys()).filter((v) => degrees[v] === 0 || degrees[v] === 1);
  for (const leaf of leaves) degrees[leaf] = -1;
  for (const leaf of leaves) {
    for (const other of neighboursOf(graph, leaf)) if (degrees[other]! > 0) degrees[other]! -= 1;
  }
}
