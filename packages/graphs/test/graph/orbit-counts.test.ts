import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { edgeLabel, graphOf, orbitCounts, type Graph } from "../../src/index.js";
import { complete, cycle, draws, graphs, randomGraph, renumbered } from "./small-graphs.js";

const ORBITS = 15;

/** Orbit of a node by the edges of the subgraph, the node's degree in it, and the degrees of its neighbours. */
const ORBIT_OF: Record<string, number> = {
  "2:1:1": 0,
  "3p:1:2": 1, "3p:2:11": 2,
  "3t:2:22": 3,
  "4-3:1:2": 4, "4-3:2:12": 5,
  "4-3:1:3": 6, "4-3:3:111": 7,
  "4-4:2:22": 8,
  "4-4:1:3": 9, "4-4:2:23": 10, "4-4:3:122": 11,
  "4-5:2:33": 12, "4-5:3:223": 13,
  "4-6:3:333": 14,
}; // prettier-ignore

/** Looks at every set of 2 to 4 nodes. */
function countedOneByOne(graph: Graph): Float64Array {
  const counts = new Float64Array(graph.nodeCount * ORBITS);
  const joined = (a: number, b: number): boolean => edgeLabel(graph, a, b) !== undefined;
  const visit = (nodes: readonly number[], from: number): void => {
    if (nodes.length >= 2) classify(nodes);
    if (nodes.length === 4) return;
    for (let v = from; v < graph.nodeCount; v++) visit([...nodes, v], v + 1);
  };
  const classify = (nodes: readonly number[]): void => {
    const near = nodes.map((v) => nodes.filter((w) => w !== v && joined(v, w)));
    const reached = new Set([nodes[0]!]);
    for (const v of reached) for (const w of near[nodes.indexOf(v)]!) reached.add(w);
    if (reached.size < nodes.length) return;
    const edges = near.reduce((sum, list) => sum + list.length, 0) / 2;
    const kind = nodes.length === 2 ? "2" : nodes.length === 3 ? (edges === 3 ? "3t" : "3p") : `4-${edges}`;
    nodes.forEach((v, i) => {
      const degrees = near[i]!.map((w) => near[nodes.indexOf(w)]!.length).sort();
      counts[v * ORBITS + ORBIT_OF[`${kind}:${near[i]!.length}:${degrees.join("")}`]!]! += 1;
    });
  };
  visit([], 0);
  return counts;
}

describe("orbitCounts", () => {
  test("agrees with looking at every set of up to four nodes", () => {
    fc.assert(
      fc.property(graphs(8), (graph) => {
        expect(orbitCounts(graph)).toEqual(countedOneByOne(graph));
      }),
    );
    const draw = draws("orbits");
    for (const percent of [10, 30, 60, 90]) {
      const graph = randomGraph(16, percent, draw);
      expect(orbitCounts(graph)).toEqual(countedOneByOne(graph));
    }
  });

  test("moves with the nodes", () => {
    fc.assert(
      fc.property(renumbered(graphs(10)), ([graph, other, order]) => {
        const [counts, moved] = [orbitCounts(graph), orbitCounts(other)];
        order.forEach((to, from) => {
          const at = (all: Float64Array, v: number): Float64Array => all.subarray(v * ORBITS, (v + 1) * ORBITS);
          expect(at(moved, to)).toEqual(at(counts, from));
        });
      }),
    );
  });

  test("known graphs: a clique has cliques only, a ring of five paths only", () => {
    expect(Array.from(orbitCounts(complete(7)).subarray(0, ORBITS))).toEqual(
      [6, 0, 0, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20], // prettier-ignore
    );
    expect(Array.from(orbitCounts(cycle(5)).subarray(0, ORBITS))).toEqual(
      [2, 2, 1, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], // prettier-ignore
    );
    expect(orbitCounts(graphOf({ nodeCount: 0, edges: [] }))).toHaveLength(0);
  });

  test("a star of thirty thousand leaves takes no longer than its edges, and a dense large graph is refused", () => {
    const leaves = 30_000;
    const star = graphOf({ nodeCount: leaves + 1, edges: Array.from({ length: leaves }, (_, v) => [leaves, v]) });
    const counts = orbitCounts(star);
    expect(counts[leaves * ORBITS + 7]).toBe((leaves * (leaves - 1) * (leaves - 2)) / 6);
    expect(counts[6]).toBe(((leaves - 1) * (leaves - 2)) / 2);
    expect(() => orbitCounts(complete(410))).toThrow("sparse enough");
  });
});
