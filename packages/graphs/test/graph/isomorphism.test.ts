import { permutation, randomStream } from "@nextscale/refinement-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  areIsomorphic,
  edgeLabel,
  edgesOf,
  findIsomorphism,
  graphKey,
  graphOf,
  gridGraph,
  isomorphismClasses,
  isomorphismIndex,
  permuted,
  type Edge,
  type Graph,
} from "../../src/index.js";
import { golden, readSet, testWithSets } from "../metrics/read-set.js";
import { allPairs, cycle, draws, graphs, path, randomGraph, renumbered, sideBySide } from "./small-graphs.js";

/** Whether a mapping is an isomorphism, labels included: what a search that says yes has to show. */
function isIsomorphism(a: Graph, b: Graph, mapping: Int32Array): boolean {
  return (
    new Set(mapping).size === b.nodeCount &&
    a.edgeCount === b.edgeCount &&
    mapping.every((to, from) => a.nodeLabels[from] === b.nodeLabels[to]) &&
    edgesOf(a).every(([x, y, label]) => edgeLabel(b, mapping[x]!, mapping[y]!) === label)
  );
}

/** Tries every numbering. */
function isomorphicByTrying(a: Graph, b: Graph): boolean {
  if (a.nodeCount !== b.nodeCount) return false;
  const extend = (mapping: readonly number[]): boolean => {
    if (mapping.length === a.nodeCount) return isIsomorphism(a, b, Int32Array.from(mapping));
    return [...Array(b.nodeCount).keys()].some((v) => !mapping.includes(v) && extend([...mapping, v]));
  };
  return extend([]);
}

function shuffled(graph: Graph, item: number): Graph {
  return permuted(graph, permutation(randomStream(2, "test/isomorphism"), graph.nodeCount, { item }));
}

/** Both have 16 nodes, each with 6 neighbours, of which any two share 2: colour refinement sees no difference. */
const onTorus = (near: (row: number, column: number) => boolean): Graph =>
  graphOf({
    nodeCount: 16,
    edges: allPairs(16).filter(([a, b]) => near((b >> 2) - (a >> 2), (((b & 3) - (a & 3)) % 4 + 4) % 4)), // prettier-ignore
  });
const ROOK = onTorus((row, column) => row === 0 || column === 0);
const SHRIKHANDE = onTorus((row, column) => [[0, 1], [0, 3], [1, 0], [3, 0], [1, 1], [3, 3]].some(([r, c]) => r === row && c === column)); // prettier-ignore

describe("areIsomorphic", () => {
  test("agrees with trying every numbering", () => {
    fc.assert(
      fc.property(graphs(5, 2), graphs(5, 2), (a, b) => {
        expect(areIsomorphic(a, b)).toBe(isomorphicByTrying(a, b));
      }),
    );
    // Random pairs are rarely alike; without labels, and with few nodes, they often are.
    let alike = 0;
    const draw = draws("alike");
    for (let i = 0; i < 300; i++) {
      const [a, b] = [randomGraph(4, 50, draw), randomGraph(4, 50, draw)];
      expect(areIsomorphic(a, b)).toBe(isomorphicByTrying(a, b));
      if (areIsomorphic(a, b)) alike += 1;
    }
    expect(alike).toBeGreaterThan(10);
  });

  test("finds another numbering, and shows how the nodes correspond", () => {
    fc.assert(
      fc.property(renumbered(graphs(12, 3)), ([a, b]) => {
        const found = findIsomorphism(a, b);
        expect(found.kind === "isomorphic" && isIsomorphism(a, b, found.mapping)).toBe(true);
        expect(graphKey(a)).toBe(graphKey(b));
      }),
    );
  });

  test("one label or one edge more makes graphs different", () => {
    fc.assert(
      fc.property(
        renumbered(graphs(10, 2).filter(({ edgeCount }) => edgeCount > 0)),
        fc.nat(),
        fc.boolean(),
        ([a, b], at, node) => {
          const nodeLabels = b.nodeLabels.slice();
          const edges = edgesOf(b);
          const [x, y, label] = edges[at % edges.length]!;
          if (node) nodeLabels[at % b.nodeCount]! += 1;
          else edges[at % edges.length] = [x, y, label + 1];
          const changed = graphOf({ nodeCount: b.nodeCount, edges, nodeLabels });
          expect(areIsomorphic(a, changed)).toBe(false);
          expect(graphKey(a)).not.toBe(graphKey(changed));
        },
      ),
    );
  });

  test("tells graphs apart that colours do not", () => {
    const pairs: readonly (readonly [Graph, Graph])[] = [
      [cycle(6), sideBySide(cycle(3), cycle(3))],
      [ROOK, SHRIKHANDE],
      [sideBySide(ROOK, ROOK, SHRIKHANDE), sideBySide(ROOK, SHRIKHANDE, SHRIKHANDE)],
    ];
    for (const [a, b] of pairs) {
      expect(graphKey(a)).toBe(graphKey(b));
      expect(findIsomorphism(a, b).kind).toBe("different");
      expect(findIsomorphism(a, shuffled(a, 1)).kind).toBe("isomorphic");
    }
  });

  test("a search that runs out of budget counts as isomorphic, the same on every run", () => {
    const first = findIsomorphism(ROOK, SHRIKHANDE, { budget: 100 });
    expect(first.kind).toBe("undecided");
    expect(findIsomorphism(ROOK, SHRIKHANDE, { budget: 100 })).toEqual(first);
    expect(areIsomorphic(ROOK, SHRIKHANDE, { budget: 100 })).toBe(true);
    expect(areIsomorphic(ROOK, SHRIKHANDE)).toBe(false);
    // Different colours need no step.
    expect(areIsomorphic(path(4), cycle(4), { budget: 0 })).toBe(false);
    for (const budget of [-1, 0.5, NaN])
      expect(() => areIsomorphic(ROOK, ROOK, { budget })).toThrow("whole number of steps");
  });

  test("large graphs: a long path, a tree, a grid, many small parts, a regular graph", () => {
    const draw = draws("large");
    const tree = graphOf({
      nodeCount: 5000,
      edges: Array.from({ length: 4999 }, (_, v): Edge => [draw(v + 1), v + 1]),
    });
    const regular = graphOf({ nodeCount: 200, edges: Array.from({ length: 200 }, (_, v): Edge[] => [[v, (v + 1) % 200], [v, (v + 17) % 200]]).flat() }); // prettier-ignore
    const parts = sideBySide(...Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? path(3) : cycle(3))));
    const long = path(12_000);
    [long, tree, gridGraph({ rows: 40, columns: 50 }), parts, regular].forEach((graph, i) => {
      const other = shuffled(graph, i);
      const found = findIsomorphism(graph, other);
      expect(found.kind === "isomorphic" && isIsomorphism(graph, other, found.mapping)).toBe(true);
    });
  });

  test("graphs without nodes or edges", () => {
    const bare = (nodeCount: number): Graph => graphOf({ nodeCount, edges: [] });
    expect([areIsomorphic(bare(0), bare(0)), areIsomorphic(bare(3), bare(3)), areIsomorphic(bare(2), bare(3))]).toEqual(
      [true, true, false], // prettier-ignore
    );
  });
});

describe("isomorphism classes", () => {
  test("an index keeps one graph of each class and says which", () => {
    const index = isomorphismIndex();
    expect(index.find(ROOK)).toEqual({ match: undefined, undecided: false });
    expect(index.add(ROOK)).toEqual({ match: undefined, undecided: false });
    expect(index.add(SHRIKHANDE)).toEqual({ match: undefined, undecided: false });
    expect(index.add(shuffled(SHRIKHANDE, 3))).toEqual({ match: 1, undecided: false });
    expect(index.find(shuffled(ROOK, 4))).toEqual({ match: 0, undecided: false });
    expect(index.size()).toBe(2);
    const hasty = isomorphismIndex({ budget: 100 });
    hasty.add(ROOK);
    expect(hasty.add(SHRIKHANDE)).toEqual({ match: 0, undecided: true });
    expect(isomorphismClasses([ROOK, SHRIKHANDE], { budget: 100 }).undecided).toBe(1);
  });

  test("are numbered by their first graphs", () => {
    const set = [path(3), cycle(3), shuffled(path(3), 5), path(4)];
    expect(isomorphismClasses(set)).toEqual({
      classOf: Int32Array.of(0, 1, 0, 2),
      first: Int32Array.of(0, 1, 3),
      undecided: 0,
    });
  });

  testWithSets(["community_small", "ego_small", "community20", "planar", "sbm", "tree"], "published sets", () => {
    const expected = golden().duplicates;
    for (const set of ["community_small", "ego_small", "community20"]) {
      const all = readSet(set);
      const { classOf, first, undecided } = isomorphismClasses(all);
      expect([all.length, first.length, undecided]).toEqual([
        expected[set].graphs,
        expected[set].isomorphism_classes,
        0,
      ]);
      expect(new Set(classOf).size).toBe(first.length);
    }
    for (const set of ["community_small", "ego_small"]) {
      const index = isomorphismIndex();
      for (const graph of readSet(set, "train")) index.add(graph);
      const test = readSet(set, "test");
      const known = test.filter((graph) => index.find(graph).match !== undefined).length;
      expect(`${known}/${test.length}`).toBe(expected[set].test_isomorphic_to_a_train_graph);
    }
    for (const set of ["planar", "sbm", "tree"]) {
      expect(isomorphismClasses(readSet(set)).first).toHaveLength(expected[set]);
    }
  });
});
