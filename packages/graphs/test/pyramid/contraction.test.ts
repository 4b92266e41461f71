import { randomStream, refinementScale, identityQuantiser, encode, given, walk } from "@nextscale/refinement-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { edgesOf, generateGraph, graphOf, isPlanar, isTree, permuted, type Edge, type Graph } from "../../src/index.js";
import { contract } from "../../src/pyramid/contract.js";
import { contraction } from "../../src/pyramid/contraction.js";
import { formulaAt, formulaOf, massOf } from "../../src/pyramid/formula.js";
import { flatHierarchyOf, hierarchyOf, type Hierarchy } from "../../src/pyramid/hierarchy.js";
import { drawKeys, type Keys } from "../../src/pyramid/keys.js";
import { finestLevel, isFinest, rootLevel, type Level } from "../../src/pyramid/level.js";
import { mergedReach, reachOf, walksBetween } from "../../src/pyramid/reach.js";
import { patternOf, patternsOf } from "../../src/pyramid/patterns.js";
import { anyGraph, graphAndOrder, ordersOf, SPECIAL } from "../support/graphs.js";

const LABELS = 3;
const COUNTS = { nodeLabels: LABELS, edgeLabels: 3 };
const PLAIN = { nodeLabels: 1, edgeLabels: 1 };
const patterns = patternsOf(3);
const stream = randomStream(7, "test/keys");
const keysOf = (graph: Graph, item = 0) => drawKeys(stream, item, graph.nodeCount);
const moved = (keys: Keys, order: ArrayLike<number>) => {
  const result = new Float64Array(keys.length);
  keys.forEach((key, node) => (result[order[node]!] = key));
  return result;
};

/** Whether two levels are one and the same but for the numbers of their nodes, whose keys tell them apart. */
function sameUpToOrder(a: Level, b: Level): void {
  const orderOf = ({ keys }: Level) => {
    const sorted = Array.from(keys.keys()).sort((u, v) => keys[u]! - keys[v]!);
    return sorted.map((_, node) => sorted.indexOf(node));
  };
  const [p, q] = [orderOf(a), orderOf(b)];
  expect(permuted(a.graph, p)).toEqual(permuted(b.graph, q));
  expect(moved(a.keys, p)).toEqual(moved(b.keys, q));
  expect(moved(Float64Array.from(a.mass), p)).toEqual(moved(Float64Array.from(b.mass), q));
  expect(moved(Float64Array.from(a.splits), p)).toEqual(moved(Float64Array.from(b.splits), q));
}

describe("coarsening", () => {
  test.each(Object.entries(SPECIAL))("commutes with every order of the nodes: %s", (_, graph) => {
    const orders = graph.nodeCount <= 5 ? ordersOf(graph.nodeCount) : [[...Array(graph.nodeCount).keys()].reverse()];
    const keys = keysOf(graph);
    const { coarse } = contract(finestLevel(graph, PLAIN, keys));
    for (const order of orders) {
      sameUpToOrder(contract(finestLevel(permuted(graph, order), PLAIN, moved(keys, order))).coarse, coarse);
    }
  });

  test("gives the same levels for every order of the nodes, exactly", () => {
    fc.assert(
      fc.property(graphAndOrder({ most: 14 }), fc.nat({ max: 1000 }), ([graph, order], item) => {
        const keys = keysOf(graph, item);
        const { levels } = hierarchyOf(graph, COUNTS, keys);
        const other = hierarchyOf(permuted(graph, order), COUNTS, moved(keys, order));
        expect(other.levels).toEqual(levels);
      }),
    );
  });

  test("control: ties that are broken by the numbers of the nodes are noticed", () => {
    const graph = SPECIAL["cycle"]!;
    const byNumber = Float64Array.from({ length: 6 }, (_, v) => v);
    const order = [3, 1, 4, 0, 5, 2];
    const edgesAt = ({ levels }: Hierarchy) => levels.map((level) => edgesOf(level.graph));
    const [a, b] = [hierarchyOf(graph, PLAIN, byNumber), hierarchyOf(permuted(graph, order), PLAIN, byNumber)];
    const nodesOf = ({ levels, order: at }: Hierarchy, back: readonly number[]) =>
      edgesOf(levels[0]!.graph).map(([u, v]) => [back[at[u]!], back[at[v]!]]);
    const inverse = order.map((_, node) => order.indexOf(node));
    expect([edgesAt(a), nodesOf(a, [0, 1, 2, 3, 4, 5])]).not.toEqual([edgesAt(b), nodesOf(b, inverse)]);
  });

  test("conserves mass and labels and ends with one node after few levels", () => {
    fc.assert(
      fc.property(anyGraph({ most: 40 }), (graph) => {
        const { levels } = hierarchyOf(graph, COUNTS, keysOf(graph));
        const whole = [...formulaOf(graph.nodeLabels, LABELS)];
        for (const { mass, formulas } of levels) {
          expect(whole.map((_, label) => formulas.reduce((sum, n, at) => (at % LABELS === label ? sum + n : sum), 0))).toEqual(whole); // prettier-ignore
          mass.forEach((m, node) => expect(massOf(formulaAt(formulas, node, LABELS))).toBe(m));
        }
        expect(levels.at(-1)!.graph.nodeCount).toBe(1);
        expect(levels.map((level) => isFinest(level, 3))).toEqual(levels.map((_, k) => k === 0));
        expect(levels.length).toBeLessThanOrEqual(Math.ceil(Math.log2(graph.nodeCount)) + 4);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ["planar", isPlanar],
    ["tree", isTree],
  ] as const)("levels are minors: those of a graph that is %s are so too", (kind, holds) => {
    const made = Array.from({ length: 12 }, (_, i) => generateGraph({ kind }, 3, i));
    const levels = made.flatMap((graph, item) => hierarchyOf(graph, PLAIN, keysOf(graph, item)).levels);
    expect(levels.length).toBeGreaterThan(6 * made.length);
    expect(levels.filter(({ graph }) => !holds(graph))).toEqual([]);
  });

  test("communities become clusters before they are merged with each other", () => {
    // Four cliques of eight nodes in a ring, with an edge from each to the next.
    const inside = (c: number) => around.flatMap((v) => around.slice(0, v).map((u): Edge => [8 * c + u, 8 * c + v]));
    const around = [...Array(8).keys()];
    const edges = [0, 1, 2, 3].flatMap((c): Edge[] => [...inside(c), [8 * c, 8 * ((c + 1) % 4) + 4]]);
    const ring = graphOf({ nodeCount: 32, edges });
    for (let item = 0; item < 20; item++) {
      let [level, reach] = [finestLevel(ring, PLAIN, keysOf(ring, item)), reachOf(ring)];
      let communities: ReadonlySet<number>[] = Array.from({ length: 32 }, (_, v) => new Set([Math.floor(v / 8)]));
      while (level.graph.nodeCount > 4) {
        const { coarse, parents, reach: next } = contract(level, reach);
        const of = (node: number) => communities.filter((_, child) => parents[child] === node).flatMap((some) => [...some]); // prettier-ignore
        communities = Array.from({ length: coarse.graph.nodeCount }, (_, node) => new Set(of(node)));
        [level, reach] = [coarse, next];
        expect(communities.map(({ size }) => size)).toEqual(communities.map(() => 1));
      }
    }
  });

  test("the reach of a cluster is that of its nodes", () => {
    const path = graphOf({ nodeCount: 4, edges: [[0, 1], [1, 2], [2, 3]] }); // prettier-ignore
    const merged = mergedReach(reachOf(path), Int32Array.of(0, 0, 1, 1), 2);
    expect(merged.map((some) => [...some].sort(([a], [b]) => a - b))).toEqual([
      [[0, 2], [1, 2], [2, 1]],
      [[1, 1], [2, 2], [3, 2]],
    ]); // prettier-ignore
    // Of 0 and 1 with 2 and 3: 0-1-2, 1-1-2, 1-2-2 and 1-2-3.
    expect(walksBetween(merged, 0, 1)).toBe(4);
  });

  test.each([1, 3])("a hub of 3,000 arms of %i takes few levels, and little time", (length) => {
    const arms = 3000;
    const edges = Array.from({ length: arms * length }, (_, v): Edge => [v % length === 0 ? 0 : v, v + 1]);
    const hub = graphOf({ nodeCount: 1 + arms * length, edges });
    expect(hierarchyOf(hub, PLAIN, keysOf(hub)).levels.length).toBeLessThanOrEqual(
      Math.ceil(Math.log2(hub.nodeCount)) + 4,
    );
  });

  test("edges lose their labels first, where there are several", () => {
    const graph = graphOf({ nodeCount: 3, nodeLabels: [0, 1, 2], edges: [[0, 1, 2], [1, 2, 0]] }); // prettier-ignore
    const { levels } = hierarchyOf(graph, COUNTS, keysOf(graph));
    expect(levels.map((level) => level.mass.length)).toEqual([3, 3, 2, 1]);
    expect(levels.map(({ labelled }) => labelled)).toEqual([true, false, false, false]);
    expect(edgesOf(levels[1]!.graph).map(([, , label]) => label)).toEqual([0, 0]);
    expect(levels[1]!.graph.nodeLabels).toEqual(levels[0]!.graph.nodeLabels);
    expect(hierarchyOf(graph, { ...COUNTS, edgeLabels: 1 }, keysOf(graph)).levels.length).toBe(3);
  });

  test("keys decide: other keys, other levels", () => {
    const graph = SPECIAL["petersen"]!;
    expect(hierarchyOf(graph, PLAIN, keysOf(graph, 1)).levels).not.toEqual(
      hierarchyOf(graph, PLAIN, keysOf(graph, 2)).levels,
    );
    expect(() => hierarchyOf(graph, PLAIN, new Float64Array(10))).toThrow("10 different keys");
  });
});

describe.each([
  ["a hierarchy of pairs", hierarchyOf],
  ["one scale", flatHierarchyOf],
])("%s", (_, make) => {
  /** Decoded from its codes. */
  const rebuilt = (graph: Graph): { found: Level[]; levels: readonly Level[] } => {
    const { levels } = make(graph, COUNTS, keysOf(graph));
    const scales = levels.map((_, i) => refinementScale(contraction(patterns), levels.length - 1 - i));
    const start = rootLevel(formulaOf(graph.nodeLabels, LABELS));
    const visits = [...walk(scales, start, encode(identityQuantiser(), levels))];
    const again = [...walk(scales, start, given(identityQuantiser(), visits.map(({ codes }) => codes)))]; // prettier-ignore
    return { found: again.map(({ state }) => state).reverse(), levels };
  };

  test("is lossless", () => {
    fc.assert(
      fc.property(anyGraph({ most: 16 }), (graph) => {
        const { found, levels } = rebuilt(graph);
        expect(found.length).toBe(levels.length);
        found.forEach((level, k) => {
          const { graph: itself, mass, splits, formulas } = levels[k]!;
          expect(level).toMatchObject({ graph: itself, mass, splits, formulas });
        });
      }),
    );
  });

  test.each(Object.entries(SPECIAL))("comes back: %s", (_, graph) => {
    const { levels, order } = make(graph, COUNTS, keysOf(graph));
    expect(permuted(levels[0]!.graph, order)).toEqual(graph);
    expect(rebuilt(graph).found[0]!.graph).toEqual(levels[0]!.graph);
  });
});

test("patterns of untyped pairs fall into six classes", () => {
  // None, one, two in line, two apart, three, four.
  expect(patternsOf(1)).toMatchObject({ labels: 2, count: 16, classCount: 6 });
  expect(new Set(patternsOf(1).classes).size).toBe(6);
});

test("labels of edges are patterns of one pair", () => {
  const { count, digits, classCount } = patternsOf(3);
  expect([count, classCount]).toEqual([18, 8]);
  expect([...digits.subarray(16 * 4)]).toEqual([2, 0, 0, 0, 3, 0, 0, 0]);
  for (let pattern = 0; pattern < count; pattern++) {
    expect(patternOf([...digits.subarray(4 * pattern, 4 * pattern + 4)])).toBe(pattern);
  }
});
