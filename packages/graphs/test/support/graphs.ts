import fc from "fast-check";
import { graphOf, type Edge, type Graph } from "../../src/index.js";

/** A graph of a list of edges, its nodes labelled if labels are given. */
export function graph(nodeCount: number, edges: readonly Edge[], nodeLabels?: readonly number[]): Graph {
  return graphOf({ nodeCount, edges, ...(nodeLabels === undefined ? {} : { nodeLabels }) });
}

const around = (n: number): Edge[] => Array.from({ length: n }, (_, v): Edge => [v, (v + 1) % n]);
const pairs = (n: number): Edge[] =>
  Array.from({ length: n }, (_, v) => Array.from({ length: v }, (_, u): Edge => [u, v])).flat();

/** Graphs that break rules which hold for most. */
export const SPECIAL: Readonly<Record<string, Graph>> = {
  "one node": graph(1, []),
  "two nodes": graph(2, []),
  "two nodes joined": graph(2, [[0, 1]]),
  "no edges": graph(7, []),
  complete: graph(6, pairs(6)),
  star: graph(
    9,
    Array.from({ length: 8 }, (_, v): Edge => [0, v + 1]),
  ),
  path: graph(8, around(8).slice(1)),
  cycle: graph(6, around(6)),
  "two triangles": graph(6, [[0, 1], [1, 2], [2, 0], [3, 4], [4, 5], [5, 3]]), // prettier-ignore
  hypercube: graph(
    16,
    pairs(16).filter(([a, b]) => [1, 2, 4, 8].includes(a ^ b)),
  ),
  petersen: graph(10, [...around(5), ...Array.from({ length: 5 }, (_, v): Edge => [v, v + 5]), [5, 7], [7, 9], [9, 6], [6, 8], [8, 5]]), // prettier-ignore
  "bipartite 2 x 3": graph(5, [[0, 2], [0, 3], [0, 4], [1, 2], [1, 3], [1, 4]]), // prettier-ignore
};

/** Any graph of 1 to `most` nodes with so many labels. */
export function anyGraph({ most = 12, nodeLabels = 3, edgeLabels = 3 } = {}): fc.Arbitrary<Graph> {
  return fc
    .integer({ min: 1, max: most })
    .chain((n) =>
      fc.record({
        n: fc.constant(n),
        labels: fc.array(fc.nat({ max: nodeLabels - 1 }), { minLength: n, maxLength: n }),
        edges: fc.array(fc.nat({ max: 2 * edgeLabels }), {
          minLength: (n * (n - 1)) / 2,
          maxLength: (n * (n - 1)) / 2,
        }),
      }),
    )
    .map(({ n, labels, edges }) => {
      // Half of the pairs and more are no edges.
      const present = pairs(n).flatMap(([a, b], i): Edge[] => (edges[i]! < edgeLabels ? [[a, b, edges[i]!]] : []));
      return graph(n, present, labels);
    });
}

/** A graph and an order of its nodes. */
export function graphAndOrder(options?: Parameters<typeof anyGraph>[0]): fc.Arbitrary<[Graph, number[]]> {
  return anyGraph(options).chain((g) =>
    fc.tuple(
      fc.constant(g),
      fc.shuffledSubarray([...Array(g.nodeCount).keys()], { minLength: g.nodeCount, maxLength: g.nodeCount }),
    ),
  );
}

/** What each order of 0 to n - 1 is. */
export function ordersOf(n: number): number[][] {
  if (n === 0) return [[]];
  return ordersOf(n - 1).flatMap((order) =>
    Array.from({ length: n }, (_, at) => [...order.slice(0, at), n - 1, ...order.slice(at)]),
  );
}
