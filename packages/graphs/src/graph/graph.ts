import { NextscaleError } from "@nextscale/engine";

/**
 * An undirected graph without self loops and parallel edges, with a label on every node and edge. It does not change once it
 * is made. Numbers of nodes mean nothing: whatever is learned or measured is the same for every order of them.
 */
export interface Graph {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Where each node's neighbours begin in `neighbours`, [nodeCount + 1]. */
  readonly offsets: Int32Array;
  /** The neighbours of each node, ascending: every edge twice, [2 edgeCount]. */
  readonly neighbours: Int32Array;
  /** From 0; all 0 where nodes have no labels, [nodeCount]. */
  readonly nodeLabels: Uint8Array;
  /** From 0, of each entry of `neighbours`; all 0 where edges have no labels, [2 edgeCount]. */
  readonly edgeLabels: Uint8Array;
}

/** An edge between two nodes, with its label. */
export type Edge = readonly [a: number, b: number, label?: number];

/** What a graph is made of. */
export interface GraphParts {
  readonly nodeCount: number;
  readonly edges: readonly Edge[];
  /** Default: all 0. */
  readonly nodeLabels?: ArrayLike<number>;
}

/** What a graph may be at most. */
export const GRAPH_LIMITS = { nodes: 1_000_000, edges: 10_000_000, labels: 256 } as const;

/**
 * A graph of its edges.
 *
 * @throws NextscaleError `invalid-data` for a self loop, an edge that is given twice, a node or a label outside its range, or more
 *   nodes or edges than {@link GRAPH_LIMITS}
 */
export function graphOf({ nodeCount, edges, nodeLabels }: GraphParts): Graph {
  requireCount("nodes", nodeCount, GRAPH_LIMITS.nodes);
  requireCount("edges", edges.length, GRAPH_LIMITS.edges);
  const labels = new Uint8Array(nodeCount);
  if (nodeLabels !== undefined) {
    if (nodeLabels.length !== nodeCount) throw invalid(`${nodeCount} node labels`, `${nodeLabels.length}`);
    for (let v = 0; v < nodeCount; v++) labels[v] = requireLabel(nodeLabels[v]!, () => `of node ${v}`);
  }
  const offsets = new Int32Array(nodeCount + 1);
  for (const [a, b] of edges) {
    requireNode(a, nodeCount);
    requireNode(b, nodeCount);
    if (a === b) throw invalid("edges between two nodes", `a loop at node ${a}`);
    offsets[a + 1]! += 1;
    offsets[b + 1]! += 1;
  }
  for (let v = 0; v < nodeCount; v++) offsets[v + 1]! += offsets[v]!;
  return filled({ nodeCount, edges, labels, offsets });
}

/** Writes both ends of every edge, then sorts the neighbours of each node. */
function filled(parts: {
  readonly nodeCount: number;
  readonly edges: readonly Edge[];
  readonly labels: Uint8Array;
  readonly offsets: Int32Array;
}): Graph {
  const { nodeCount, edges, labels, offsets } = parts;
  // A neighbour and its label in one number, so that they are sorted together.
  const entries = new Float64Array(2 * edges.length);
  const next = offsets.slice(0, nodeCount);
  for (const [a, b, label = 0] of edges) {
    requireLabel(label, () => `of edge ${a}-${b}`);
    entries[next[a]!++] = b * GRAPH_LIMITS.labels + label;
    entries[next[b]!++] = a * GRAPH_LIMITS.labels + label;
  }
  for (let v = 0; v < nodeCount; v++) entries.subarray(offsets[v], offsets[v + 1]).sort();
  const neighbours = Int32Array.from(entries, (entry) => Math.floor(entry / GRAPH_LIMITS.labels));
  for (let v = 0; v < nodeCount; v++) {
    for (let at = offsets[v]! + 1; at < offsets[v + 1]!; at++) {
      if (neighbours[at] === neighbours[at - 1]) throw invalid("each edge once", `${v}-${neighbours[at]} twice`);
    }
  }
  return {
    nodeCount,
    edgeCount: edges.length,
    offsets,
    neighbours,
    nodeLabels: labels,
    edgeLabels: Uint8Array.from(entries, (entry) => entry % GRAPH_LIMITS.labels),
  };
}

/** The edges of a graph, each once, the smaller node first, ascending. */
export function edgesOf(graph: Graph): Required<Edge>[] {
  const edges: Required<Edge>[] = [];
  for (let v = 0; v < graph.nodeCount; v++) {
    for (let at = graph.offsets[v]!; at < graph.offsets[v + 1]!; at++) {
      const other = graph.neighbours[at]!;
      if (v < other) edges.push([v, other, graph.edgeLabels[at]!]);
    }
  }
  return edges;
}

/** Neighbours of a node, ascending. */
export function neighboursOf(graph: Graph, node: number): Int32Array {
  return graph.neighbours.subarray(graph.offsets[node], graph.offsets[node + 1]);
}

/** Number of a node's neighbours. */
export function degreeOf(graph: Graph, node: number): number {
  return graph.offsets[node + 1]! - graph.offsets[node]!;
}

/** The label of the edge between two nodes; undefined where there is none. */
export function edgeLabel(graph: Graph, a: number, b: number): number | undefined {
  let [low, high] = [graph.offsets[a]!, graph.offsets[a + 1]!];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (graph.neighbours[middle]! < b) low = middle + 1;
    else high = middle;
  }
  return low < graph.offsets[a + 1]! && graph.neighbours[low] === b ? graph.edgeLabels[low] : undefined;
}

/**
 * The same graph with other numbers on its nodes.
 *
 * @param order node `v` becomes node `order[v]`
 * @throws NextscaleError `invalid-argument` for an order that is no permutation
 */
export function permuted(graph: Graph, order: ArrayLike<number>): Graph {
  const { nodeCount } = graph;
  const seen = new Set(Array.from(order));
  const whole = order.length === nodeCount && Array.from({ length: nodeCount }, (_, v) => seen.has(v)).every(Boolean);
  if (!whole) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs/permuted",
      expected: `each number from 0 to ${nodeCount - 1} once`,
      got: `${order.length} numbers, ${seen.size} of them different`,
    });
  }
  const nodeLabels = new Uint8Array(nodeCount);
  for (let v = 0; v < nodeCount; v++) nodeLabels[order[v]!] = graph.nodeLabels[v]!;
  const edges = edgesOf(graph).map(([a, b, label]): Edge => [order[a]!, order[b]!, label]);
  return graphOf({ nodeCount, edges, nodeLabels });
}

function requireCount(what: string, count: number, most: number): void {
  if (Number.isInteger(count) && count >= 0 && count <= most) return;
  throw invalid(`at most ${most} ${what}`, `${count}`);
}

function requireNode(node: number, count: number): void {
  if (Number.isInteger(node) && node >= 0 && node < count) return;
  throw invalid(`nodes from 0 to ${count - 1}`, `${node}`);
}

function requireLabel(label: number, of: () => string): number {
  if (Number.isInteger(label) && label >= 0 && label < GRAPH_LIMITS.labels) return label;
  throw invalid(`labels from 0 to ${GRAPH_LIMITS.labels - 1}`, `${label} ${of()}`);
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where: "graphs/graphOf", expected, got });
}
