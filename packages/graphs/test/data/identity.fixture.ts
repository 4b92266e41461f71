import { degreeOf, edgeLabel, edgesOf, graphOf, neighboursOf, type Graph } from "../../src/graph/graph.js";

/** Colours of nodes after some rounds of looking at neighbours' colours; the same for isomorphic graphs. */
function colours(graph: Graph): string[] {
  let now = Array.from({ length: graph.nodeCount }, (_, v) => `${degreeOf(graph, v)}/${graph.nodeLabels[v]}`);
  for (let round = 0; round < 4; round++) {
    const names = new Map([...new Set(now)].sort().map((name, i) => [name, `${i}`]));
    const around = (v: number) =>
      Array.from(neighboursOf(graph, v), (w) => names.get(now[w]!)! + `:${edgeLabel(graph, v, w)}`);
    now = now.map((name, v) => `${name}(${around(v).sort().join(",")})`);
    // Short again, and the same text for the same colour in every graph.
    now = now.map(digest);
  }
  return now;
}

function digest(text: string): string {
  let [a, b] = [0x811c9dc5, 0x1234567];
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193) >>> 0;
    b = (Math.imul(b, 31) + text.charCodeAt(i)) >>> 0;
  }
  return `${a.toString(36)}${b.toString(36)}`;
}

/** Looks for an order of the nodes of one graph that makes it the other: exact, and fast enough for the sets of the tests. */
function isomorphic(a: Graph, b: Graph): boolean {
  if (a.nodeCount !== b.nodeCount || a.edgeCount !== b.edgeCount) return false;
  const [of, other] = [colours(a), colours(b)];
  const image = new Int32Array(a.nodeCount).fill(-1);
  const used = new Uint8Array(a.nodeCount);
  // Neighbours follow one another, so that a wrong choice is noticed soon.
  const order: number[] = [];
  const queued = new Set<number>();
  for (let start = 0; start < a.nodeCount; start++) {
    const queue = queued.has(start) ? [] : [start];
    queued.add(start);
    for (const v of queue) {
      order.push(v);
      for (const w of neighboursOf(a, v)) if (!queued.has(w)) queue.push((queued.add(w), w));
    }
  }
  const place = (at: number): boolean => {
    if (at === order.length) return true;
    const v = order[at]!;
    for (let w = 0; w < b.nodeCount; w++) {
      if (used[w] === 1 || of[v] !== other[w]) continue;
      if (order.slice(0, at).some((u) => edgeLabel(a, v, u) !== edgeLabel(b, w, image[u]!))) continue;
      [image[v], used[w]] = [w, 1];
      if (place(at + 1)) return true;
      [image[v], used[w]] = [-1, 0];
    }
    return false;
  };
  return place(0);
}

/** A text that isomorphic graphs share. */
export function keyByTrying(graph: Graph): string {
  return `${graph.nodeCount};${colours(graph).sort().join(" ")}`;
}

/** The isomorphism class of each graph, found by trying and numbered from 0 in the order of first appearance. */
export function classesByTrying(graphs: readonly Graph[]): number[] {
  const byKey = new Map<string, { readonly graph: Graph; readonly number: number }[]>();
  let count = 0;
  return graphs.map((graph) => {
    const key = keyByTrying(graph);
    const known = byKey.get(key) ?? [];
    const same = known.find((other) => isomorphic(other.graph, graph));
    if (same !== undefined) return same.number;
    byKey.set(key, [...known, { graph, number: count }]);
    return count++;
  });
}

/** Every labelled graph of some nodes. */
export function allGraphs(nodeCount: number): Graph[] {
  const pairs = Array.from({ length: nodeCount }, (_, a) =>
    Array.from({ length: nodeCount - a - 1 }, (_, i) => [a, a + 1 + i] as const),
  ).flat();
  return Array.from({ length: 2 ** pairs.length }, (_, bits) =>
    graphOf({ nodeCount, edges: pairs.filter((_, i) => (bits >> i) & 1) }),
  );
}

/** A short text that differs for graphs that differ, in nodes' order too. */
export function fingerprint(graphs: readonly Graph[]): string {
  return digest(JSON.stringify(graphs.map((graph) => [graph.nodeCount, edgesOf(graph), Array.from(graph.nodeLabels)])));
}
