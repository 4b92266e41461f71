import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  componentsOf,
  degreeOf,
  edgeLabel,
  edgesOf,
  graphOf,
  isConnected,
  neighboursOf,
  permuted,
  type Edge,
  type GraphParts,
} from "../../src/index.js";

/** Any small graph with labels. */
const parts: fc.Arbitrary<GraphParts> = fc.integer({ min: 0, max: 12 }).chain((nodeCount) => {
  const node = fc.nat({ max: Math.max(0, nodeCount - 1) });
  const pair = fc.tuple(node, node, fc.nat({ max: 255 })).filter(([a, b]) => a !== b);
  const edges = fc.uniqueArray(pair, { selector: ([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`, maxLength: 30 });
  const nodeLabels = fc.array(fc.nat({ max: 255 }), { minLength: nodeCount, maxLength: nodeCount });
  return fc.record({
    nodeCount: fc.constant(nodeCount),
    edges: nodeCount < 2 ? fc.constant([]) : edges,
    nodeLabels,
  });
});

const key = ([a, b, label = 0]: Edge) => `${Math.min(a, b)}-${Math.max(a, b)}:${label}`;

describe("graphOf", () => {
  test("keeps every edge and label, in both directions", () => {
    fc.assert(
      fc.property(parts, ({ nodeCount, edges, nodeLabels }) => {
        const graph = graphOf({ nodeCount, edges, nodeLabels: nodeLabels! });
        expect(edgesOf(graph).map(key).sort()).toEqual(edges.map(key).sort());
        expect(Array.from(graph.nodeLabels)).toEqual(nodeLabels);
        for (const [a, b, label] of edges) {
          expect([edgeLabel(graph, a, b), edgeLabel(graph, b, a)]).toEqual([label, label]);
          expect(Array.from(neighboursOf(graph, a))).toContain(b);
        }
        const degrees = Array.from({ length: nodeCount }, (_, v) => degreeOf(graph, v));
        expect(degrees.reduce((sum, degree) => sum + degree, 0)).toBe(2 * edges.length);
      }),
    );
  });

  test("does not depend on the order or the direction of the edges", () => {
    fc.assert(
      fc.property(parts, (given) => {
        const edges = given.edges.map(([a, b, label]): Edge => [b, a, label ?? 0]).reverse();
        expect(graphOf({ ...given, edges })).toEqual(graphOf(given));
      }),
    );
  });

  test.each([
    [{ nodeCount: 2, edges: [[0, 0]] }, "a loop at node 0"],
    [{ nodeCount: 2, edges: [[0, 1], [1, 0]] }, "0-1 twice"], // prettier-ignore
    [{ nodeCount: 2, edges: [[0, 2]] }, "nodes from 0 to 1, got 2"],
    [{ nodeCount: 2, edges: [[0, 0.5]] }, "got 0.5"],
    [{ nodeCount: 2, edges: [[0, 1, 256]] }, "256 of edge 0-1"],
    [{ nodeCount: 2, edges: [], nodeLabels: [1] }, "2 node labels"],
    [{ nodeCount: 2, edges: [], nodeLabels: [1, -1] }, "-1 of node 1"],
    [{ nodeCount: 1e9, edges: [] }, "at most 1000000 nodes"],
    [{ nodeCount: NaN, edges: [] }, "NaN"],
  ] as [GraphParts, string][])("refuses %j", (given, message) => {
    expect(() => graphOf(given)).toThrow(message);
  });
});

describe("permuted", () => {
  test("moves nodes, labels and edges together, and back", () => {
    fc.assert(
      fc.property(
        parts.chain((given) =>
          fc.tuple(
            fc.constant(graphOf(given)),
            fc.shuffledSubarray([...Array(given.nodeCount).keys()], { minLength: given.nodeCount }),
          ),
        ),
        ([graph, order]) => {
          const moved = permuted(graph, order);
          for (const [a, b, label] of edgesOf(graph)) expect(edgeLabel(moved, order[a]!, order[b]!)).toBe(label);
          const inverse = order.map((_, node) => order.indexOf(node));
          expect(permuted(moved, inverse)).toEqual(graph);
        },
      ),
    );
  });

  test("refuses what is no permutation", () => {
    const graph = graphOf({ nodeCount: 3, edges: [[0, 1]] });
    expect(() => permuted(graph, [0, 0, 1])).toThrow("each number from 0 to 2 once");
    expect(() => permuted(graph, [0, 1])).toThrow("each number from 0 to 2 once");
  });
});

test("components are counted, and one is connected", () => {
  const graph = graphOf({ nodeCount: 5, edges: [[0, 3], [3, 4]] }); // prettier-ignore
  expect(componentsOf(graph)).toEqual({ component: Int32Array.of(0, 1, 2, 0, 0), count: 3 });
  expect(isConnected(graph)).toBe(false);
  expect(isConnected(graphOf({ nodeCount: 1, edges: [] }))).toBe(true);
  expect(isConnected(graphOf({ nodeCount: 0, edges: [] }))).toBe(false);
});
