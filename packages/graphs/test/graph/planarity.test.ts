import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { edgesOf, graphOf, isPlanar, permuted, type Edge, type Graph } from "../../src/index.js";
import { permutation, randomStream } from "@nextscale/refinement-core";
import {
  allPairs,
  complete,
  draws,
  graphOfBits,
  graphs,
  randomTriangulation,
  renumbered,
  sideBySide,
  without,
} from "./small-graphs.js";

const K33 = graphOf({ nodeCount: 6, edges: [0, 1, 2].flatMap((a) => [3, 4, 5].map((b): Edge => [a, b])) });

/** Wagner's theorem, by trying: does deleting nodes and contracting edges ever lead to K5 or K3,3? */
function hasForbiddenMinor(graph: Graph, known = new Map<string, boolean>()): boolean {
  if (graph.nodeCount < 5 || graph.edgeCount < 9) return false;
  const edges = edgesOf(graph);
  const key = `${graph.nodeCount}:${edges.join()}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const joined = (a: number, b: number): boolean =>
    edges.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
  let found = graph.nodeCount === 5 && graph.edgeCount === 10;
  if (graph.nodeCount === 6) {
    const sides = allPairs(5).map(([a, b]) => [a + 1, b + 1]);
    found = sides.some(([a, b]) => {
      const one = [0, a!, b!];
      const other = [1, 2, 3, 4, 5].filter((v) => !one.includes(v));
      return one.every((v) => other.every((w) => joined(v, w)));
    });
  }
  const contracted = (from: number, into: number): Graph => {
    const name = (v: number): number => (v === from ? into : v) - ((v === from ? into : v) > from ? 1 : 0);
    const pairs = new Map<string, Edge>();
    for (const [a, b] of edges) {
      const [x, y] = [Math.min(name(a), name(b)), Math.max(name(a), name(b))];
      if (x !== y) pairs.set(`${x}-${y}`, [x, y]);
    }
    return graphOf({ nodeCount: graph.nodeCount - 1, edges: [...pairs.values()] });
  };
  const deleted = (v: number): Graph => {
    const name = (w: number): number => w - (w > v ? 1 : 0);
    const kept = edges.filter(([a, b]) => a !== v && b !== v).map(([a, b]): Edge => [name(a), name(b)]);
    return graphOf({ nodeCount: graph.nodeCount - 1, edges: kept });
  };
  found ||= edges.some(([a, b]) => hasForbiddenMinor(contracted(b, a), known));
  found ||= [...Array(graph.nodeCount).keys()].some((v) => hasForbiddenMinor(deleted(v), known));
  known.set(key, found);
  return found;
}

/** Puts nodes on edges. */
function subdivided(graph: Graph, times: number, draw: (bound: number) => number): Graph {
  const edges: Edge[] = edgesOf(graph).map(([a, b]): Edge => [a, b]);
  let nodeCount = graph.nodeCount;
  for (let i = 0; i < times; i++) {
    const at = draw(edges.length);
    const [a, b] = edges[at]!;
    edges[at] = [a, nodeCount];
    edges.push([nodeCount++, b]);
  }
  return graphOf({ nodeCount, edges });
}

const shuffled = (graph: Graph, item: number): Graph =>
  permuted(graph, permutation(randomStream(1, "test/planarity"), graph.nodeCount, { item }));

describe("isPlanar", () => {
  test("agrees with Wagner's theorem on all graphs of 5 nodes, and on graphs of 6 to 8", () => {
    const known = new Map<string, boolean>();
    const bounds = [2 ** 10, 2 ** 15, 2 ** 21, 2 ** 28];
    const draw = draws("wagner");
    let planar = 0;
    let tried = 0;
    [5, 6, 7, 8].forEach((nodeCount, i) => {
      const all = nodeCount === 5;
      for (let k = 0; k < (all ? bounds[i]! : nodeCount === 8 ? 40 : 400); k++) {
        // Two random sets of edges joined are dense enough to be near the border.
        const graph = graphOfBits(nodeCount, all ? k : draw(bounds[i]!) | draw(bounds[i]!));
        expect(isPlanar(graph)).toBe(!hasForbiddenMinor(graph, known));
        tried += 1;
        if (isPlanar(graph)) planar += 1;
      }
    });
    expect(planar / tried).toBeGreaterThan(0.2);
    expect(planar / tried).toBeLessThan(0.8);
  });

  test("triangulations are planar, also without some edges, and not with one more", () => {
    const draw = draws("triangulations");
    for (let item = 0; item < 100; item++) {
      const full = randomTriangulation(4 + draw(60), draw);
      expect(full.edgeCount).toBe(3 * full.nodeCount - 6);
      expect(isPlanar(shuffled(full, item))).toBe(true);
      expect(
        isPlanar(
          shuffled(
            without(full, () => draw(4) === 0),
            item,
          ),
        ),
      ).toBe(true);
    }
  });

  test("a subdivision of K5 or K3,3 is found in a large sparse graph", () => {
    const draw = draws("subdivisions");
    for (let item = 0; item < 100; item++) {
      const forbidden = subdivided(item % 2 === 0 ? complete(5) : K33, draw(40), draw);
      const part = without(randomTriangulation(40, draw), () => draw(3) === 0);
      const both = sideBySide(forbidden, part);
      const bridge: Edge = [draw(forbidden.nodeCount), forbidden.nodeCount + draw(40)];
      const graph = graphOf({ nodeCount: both.nodeCount, edges: [...edgesOf(both), bridge] });
      expect(graph.edgeCount).toBeLessThan(3 * graph.nodeCount - 6);
      expect(isPlanar(shuffled(graph, item))).toBe(false);
      // One edge of the forbidden part less, and it is planar.
      const broken = without(graph, (_, i) => i === 0);
      expect(isPlanar(shuffled(broken, item))).toBe(true);
    }
  });

  test("known graphs: the Petersen graph, hypercubes, Möbius ladders and prisms, grids on a torus", () => {
    const generalisedPetersen = (n: number, k: number): Graph =>
      graphOf({
        nodeCount: 2 * n,
        edges: Array.from({ length: n }, (_, i): Edge[] => [[i, (i + 1) % n], [i, n + i], [n + i, n + ((i + k) % n)]]).flat(), // prettier-ignore
      });
    const hypercube = (dimension: number): Graph =>
      graphOf({
        nodeCount: 2 ** dimension,
        edges: allPairs(2 ** dimension).filter(([a, b]) => Number.isInteger(Math.log2(a ^ b))),
      });
    const ladder = (n: number, twist: boolean): Graph =>
      graphOf({
        nodeCount: 2 * n,
        edges: Array.from({ length: n }, (_, i): Edge[] => {
          const last = i === n - 1;
          const [over, under] = last ? (twist ? [n, 0] : [0, n]) : [i + 1, n + i + 1];
          return [[i, n + i], [i, over], [n + i, under]]; // prettier-ignore
        }).flat(),
      });
    expect(isPlanar(generalisedPetersen(5, 2))).toBe(false);
    // The dodecahedron.
    expect(isPlanar(generalisedPetersen(10, 2))).toBe(true);
    // The Desargues graph.
    expect(isPlanar(generalisedPetersen(10, 3))).toBe(false);
    expect([2, 3, 4].map((d) => isPlanar(hypercube(d)))).toEqual([true, true, false]);
    for (const n of [3, 4, 7, 20])
      expect([isPlanar(ladder(n, false)), isPlanar(ladder(n, true))]).toEqual([true, false]);
  });

  test("does not depend on numbers", () => {
    fc.assert(
      fc.property(renumbered(graphs(9)), ([graph, other]) => {
        expect(isPlanar(other)).toBe(isPlanar(graph));
      }),
    );
  });

  test("a hundred thousand nodes in a ladder, with and without a crossing, and a large triangulation", () => {
    const n = 100_000;
    const rails = Array.from({ length: n / 2 - 1 }, (_, i): Edge[] => [[2 * i, 2 * i + 2], [2 * i + 1, 2 * i + 3]]).flat(); // prettier-ignore
    const rungs = Array.from({ length: n / 2 }, (_, i): Edge => [2 * i, 2 * i + 1]);
    const ladder = graphOf({ nodeCount: n, edges: [...rails, ...rungs] });
    expect(isPlanar(ladder)).toBe(true);
    expect(isPlanar(randomTriangulation(10_000, draws("large")))).toBe(true);
    const crossed = graphOf({ nodeCount: n, edges: [...edgesOf(ladder), [0, n - 1], [1, n - 2]] });
    expect(isPlanar(crossed)).toBe(false);
  });

  test("graphs of no and one node are planar", () => {
    expect([0, 1, 2].map((nodeCount) => isPlanar(graphOf({ nodeCount, edges: [] })))).toEqual([true, true, true]);
  });
});
