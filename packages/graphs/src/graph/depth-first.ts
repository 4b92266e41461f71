import type { Graph } from "./graph.js";
import { twinsOf } from "./twins.js";

/**
 * A depth-first search of a graph, every edge directed as it was first walked: down the tree, or back up to an ancestor. An edge is
 * named by its entry in the graph's `neighbours`.
 */
export interface DepthFirst {
  readonly roots: readonly number[];
  /** Depth of each node below its root, [nodeCount]. */
  readonly height: Int32Array;
  /** Edge down to each node; -1 for roots, [nodeCount]. */
  readonly parentEdge: Int32Array;
  /** Node that an edge leaves, [2 edgeCount]. */
  readonly source: Int32Array;
  /** Height of the highest and of the second highest node that can be returned to by way of an edge. */
  readonly lowpoint: Int32Array;
  readonly secondLowpoint: Int32Array;
  /** Edges as they were directed, by node and then by nesting depth; node v's lie from `offsets[v]` on. */
  readonly ordered: Int32Array;
  readonly offsets: Int32Array;
}

/** Searches depth first without recursion, in linear time, and sorts each node's edges by nesting depth (Brandes 2009). */
export function depthFirst(graph: Graph): DepthFirst {
  const { nodeCount: n, offsets, neighbours } = graph;
  const entries = neighbours.length;
  const twins = twinsOf(graph);
  const roots: number[] = [];
  const height = new Int32Array(n).fill(-1);
  const parentEdge = new Int32Array(n).fill(-1);
  const source = new Int32Array(entries);
  const directed = new Uint8Array(entries);
  const lowpoint = new Int32Array(entries);
  const secondLowpoint = new Int32Array(entries);
  const nesting = new Int32Array(entries);
  const next = offsets.slice(0, n);

  /** After everything beyond an edge is known: its nesting depth, and what it means for the edge above. */
  const finish = (edge: number, v: number): void => {
    nesting[edge] = 2 * lowpoint[edge]! + (secondLowpoint[edge]! < height[v]! ? 1 : 0);
    const above = parentEdge[v]!;
    if (above === -1) return;
    if (lowpoint[edge]! < lowpoint[above]!) {
      secondLowpoint[above] = Math.min(lowpoint[above]!, secondLowpoint[edge]!);
      lowpoint[above] = lowpoint[edge]!;
    } else {
      const second = lowpoint[edge]! > lowpoint[above]! ? lowpoint[edge]! : secondLowpoint[edge]!;
      secondLowpoint[above] = Math.min(secondLowpoint[above]!, second);
    }
  };

  for (let root = 0; root < n; root++) {
    if (height[root] !== -1) continue;
    height[root] = 0;
    roots.push(root);
    const path = [root];
    while (path.length > 0) {
      const v = path.at(-1)!;
      if (next[v] === offsets[v + 1]) {
        path.pop();
        const edge = parentEdge[v]!;
        if (edge !== -1) finish(edge, source[edge]!);
        continue;
      }
      const edge = next[v]!++;
      if (directed[twins[edge]!] === 1) continue;
      directed[edge] = 1;
      source[edge] = v;
      lowpoint[edge] = height[v]!;
      secondLowpoint[edge] = height[v]!;
      const w = neighbours[edge]!;
      if (height[w] === -1) {
        parentEdge[w] = edge;
        height[w] = height[v]! + 1;
        path.push(w);
      } else {
        lowpoint[edge] = height[w]!;
        finish(edge, v);
      }
    }
  }
  const edges = sortedBy(nesting, directed, 2 * n);
  return { roots, height, parentEdge, source, lowpoint, secondLowpoint, ...groupedBy(source, edges, n) };
}

/** The directed edges by a depth below `bound`, by counting. */
function sortedBy(depth: Int32Array, directed: Uint8Array, bound: number): Int32Array {
  const begins = new Int32Array(bound + 1);
  let count = 0;
  for (let edge = 0; edge < depth.length; edge++) {
    if (directed[edge] === 0) continue;
    begins[depth[edge]! + 1]! += 1;
    count += 1;
  }
  for (let d = 0; d < bound; d++) begins[d + 1]! += begins[d]!;
  const sorted = new Int32Array(count);
  for (let edge = 0; edge < depth.length; edge++) if (directed[edge] === 1) sorted[begins[depth[edge]!]!++] = edge;
  return sorted;
}

/** Edges by their source, each node's in the order given. */
function groupedBy(source: Int32Array, edges: Int32Array, n: number): Pick<DepthFirst, "ordered" | "offsets"> {
  const offsets = new Int32Array(n + 1);
  for (const edge of edges) offsets[source[edge]! + 1]! += 1;
  for (let v = 0; v < n; v++) offsets[v + 1]! += offsets[v]!;
  const next = offsets.slice(0, n);
  const ordered = new Int32Array(edges.length);
  for (const edge of edges) ordered[next[source[edge]!]!++] = edge;
  return { ordered, offsets };
}
