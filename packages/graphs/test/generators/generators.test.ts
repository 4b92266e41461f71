import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  componentsOf,
  degreeOf,
  edgeLabel,
  edgesOf,
  generateGraph,
  generateGraphs,
  GRAPH_KINDS,
  graphOf,
  isConnected,
  neighboursOf,
  splitByClass,
  type Edge,
  type Graph,
  type GraphRecipe,
} from "../../src/index.js";
import { delaunayEdges } from "../../src/generators/planar.js";
import { treeOfSequence } from "../../src/generators/tree.js";
import { classesByTrying, fingerprint, keyByTrying } from "../data/identity.fixture.js";

const many = (recipe: GraphRecipe, count: number, seed = 1): Graph[] =>
  Array.from({ length: count }, (_, i) => generateGraph(recipe, seed, i));

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const sizes = (graphs: readonly Graph[]): number[] => graphs.map(({ nodeCount }) => nodeCount);

describe("every kind", () => {
  test.each(GRAPH_KINDS)("%s: a graph depends on seed and index alone, to the bit", (kind) => {
    const recipe = { kind } as GraphRecipe;
    const graphs = many(recipe, 4);
    expect(generateGraph(recipe, 1, 2)).toEqual(graphs[2]);
    expect(new Set([...graphs, ...many(recipe, 4, 2)].map((graph) => fingerprint([graph]))).size).toBe(8);
    expect(graphs.every(isConnected)).toBe(true);
  });

  test("the bits are those of every other machine", () => {
    const found = GRAPH_KINDS.map((kind) => `${kind} ${fingerprint(many({ kind }, 3))}`);
    expect(found).toMatchInlineSnapshot(`
      [
        "grid 28xqy1r55xzu",
        "tree 1dudqt2hfsmgy",
        "lobster 1am4zs0iwfsga",
        "planar 1sppkjcdnaoh8",
        "sbm 1trx070gnhwb0",
        "community 8zkc6wbs3xsm",
      ]
    `);
  });

  test.each(GRAPH_KINDS)("%s: the order of the nodes tells nothing", (kind) => {
    const graphs = many({ kind }, 40);
    const distances = graphs.flatMap((g) => edgesOf(g).map(([a, b]) => (b - a) / (g.nodeCount + 1)));
    expect(mean(distances)).toBeGreaterThan(0.31);
    expect(mean(distances)).toBeLessThan(0.355);
  });
});

describe("trees", () => {
  test("every sequence is another labelled tree: all 125 of five nodes", () => {
    const trees = Array.from({ length: 125 }, (_, i) => {
      const edges = treeOfSequence(5, [i % 5, Math.floor(i / 5) % 5, Math.floor(i / 25)]);
      return graphOf({ nodeCount: 5, edges });
    });
    expect(new Set(trees.map((tree) => JSON.stringify(edgesOf(tree)))).size).toBe(125);
    expect(trees.every((tree) => isConnected(tree) && tree.edgeCount === 4)).toBe(true);
  });

  test("of four nodes a quarter are stars", () => {
    const stars = many({ kind: "tree", nodes: [4, 4] }, 2000).filter((tree) => [0, 1, 2, 3].some((v) => degreeOf(tree, v) === 3)); // prettier-ignore
    // Four standard deviations of 2000 draws.
    expect(Math.abs(stars.length - 500)).toBeLessThan(4 * Math.sqrt(2000 * 0.25 * 0.75));
  });

  test("are trees of any size", () => {
    const trees = many({ kind: "tree", nodes: [1, 9] }, 200);
    expect(new Set(sizes(trees))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(trees.every((tree) => isConnected(tree) && tree.edgeCount === tree.nodeCount - 1)).toBe(true);
  });
});

/** A tree without its leaves. */
function stripped(graph: Graph): Graph {
  const kept = Array.from({ length: graph.nodeCount }, (_, v) => v).filter((v) => degreeOf(graph, v) > 1);
  const edges = edgesOf(graph).flatMap(([a, b]): Edge[] => {
    const ends = [kept.indexOf(a), kept.indexOf(b)] as const;
    return ends.includes(-1) ? [] : [ends];
  });
  return graphOf({ nodeCount: kept.length, edges });
}

const isPath = (graph: Graph): boolean =>
  graph.nodeCount <= 1 ||
  (isConnected(graph) &&
    graph.edgeCount === graph.nodeCount - 1 &&
    graph.offsets.every((at, v, all) => v === 0 || at - all[v - 1]! <= 2));

test("lobsters are paths once their leaves are taken twice, and trees are not", () => {
  const lobsters = many({ kind: "lobster" }, 60);
  for (const lobster of lobsters) {
    expect(lobster.edgeCount).toBe(lobster.nodeCount - 1);
    expect(isPath(stripped(stripped(lobster)))).toBe(true);
  }
  const [least, most] = [Math.min(...sizes(lobsters)), Math.max(...sizes(lobsters))];
  expect([least >= 10, least < 30, most > 90, most <= 100]).toEqual([true, true, true, true]);
  const caterpillars = many({ kind: "lobster", leg: 0.7, foot: 0, nodes: [1, 300] }, 60);
  expect(caterpillars.every((graph) => isPath(stripped(graph)))).toBe(true);
  expect(many({ kind: "tree" }, 20).filter((tree) => isPath(stripped(stripped(tree))))).toEqual([]);
});

test("grids are grids of all sizes", () => {
  const grids = many({ kind: "grid", rows: [1, 3], columns: [2, 4] }, 100);
  const found = new Set(
    grids.map((grid) => {
      const shape = [1, 2, 3]
        .flatMap((rows) => [2, 3, 4].map((columns) => [rows, columns] as const))
        .find(([rows, columns]) => {
          const edges = Array.from({ length: rows * columns }, (_, v): Edge[] => [
            ...((v + 1) % columns === 0 ? [] : [[v, v + 1] as const]),
            ...(v + columns < rows * columns ? [[v, v + columns] as const] : []),
          ]).flat();
          return classesByTrying([grid, graphOf({ nodeCount: rows * columns, edges })])[1] === 0;
        });
      return shape?.join("x");
    }),
  );
  expect([...found].sort()).toEqual(["1x2", "1x3", "1x4", "2x2", "2x3", "2x4", "3x3", "3x4"]);
});

describe("planar graphs", () => {
  test("are triangulations: connected, every edge in a triangle, and as many edges as Euler allows", () => {
    for (const graph of many({ kind: "planar" }, 30)) {
      expect(isConnected(graph)).toBe(true);
      // 3 n - 3 - h edges, where h >= 3 points are on the hull. SPECTRE's 200 graphs have 173 to 181.
      expect(graph.edgeCount).toBeLessThanOrEqual(3 * 64 - 6);
      expect(graph.edgeCount).toBeGreaterThanOrEqual(170);
      const inTriangle = ([a, b]: Edge) => neighboursOf(graph, a).some((c) => edgeLabel(graph, b, c) !== undefined);
      expect(edgesOf(graph).every(inTriangle)).toBe(true);
    }
  });

  test("have an edge where a circle through both points is empty, and nowhere else", () => {
    const point = fc.tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 9999 }));
    fc.assert(
      fc.property(fc.array(point, { minLength: 3, maxLength: 9 }), (points) => {
        fc.pre(inGeneralPosition(points));
        const edges = delaunayEdges(Float64Array.from(points.flat()));
        const found = edges.map(([a, b]) => [Math.min(a, b), Math.max(a, b)].join()).sort();
        expect(found).toEqual(emptyCircleEdges(points));
      }),
    );
  });

  test.each([
    [1, 0],
    [2, 1],
    [3, 3],
  ])("%i points have %i edges", (nodes, edges) => {
    // prettier-ignore
    expect(generateGraph({ kind: "planar", nodes: [nodes, nodes] }, 1, 0).edgeCount).toBe(edges);
  });
});

type Point = readonly [number, number];

/** Positive where d is in the circle through a, b and c, counted against the clock. */
function inCircle([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point, [dx, dy]: Point): number {
  const [a, b, c] = [[ax - dx, ay - dy], [bx - dx, by - dy], [cx - dx, cy - dy]] as [Point, Point, Point]; // prettier-ignore
  const square = ([x, y]: Point) => x * x + y * y;
  const cross = (p: Point, q: Point) => p[0] * q[1] - p[1] * q[0];
  return (
    (square(a) * cross(b, c) + square(b) * cross(c, a) + square(c) * cross(a, b)) *
    Math.sign(turn([ax, ay], [bx, by], [cx, cy]))
  );
}

const turn = ([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number =>
  (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);

function triples(count: number): [number, number, number][] {
  const all: [number, number, number][] = [];
  for (let a = 0; a < count; a++)
    for (let b = a + 1; b < count; b++) for (let c = b + 1; c < count; c++) all.push([a, b, c]);
  return all;
}

/** Far enough from three on a line and four on a circle for rounding not to matter. */
function inGeneralPosition(points: readonly Point[]): boolean {
  return triples(points.length).every(([a, b, c]) => {
    if (Math.abs(turn(points[a]!, points[b]!, points[c]!)) < 1) return false;
    return points.every(
      (d, i) => i === a || i === b || i === c || Math.abs(inCircle(points[a]!, points[b]!, points[c]!, d)) > 1,
    );
  });
}

function emptyCircleEdges(points: readonly Point[]): string[] {
  const edges = new Set<string>();
  for (const [a, b, c] of triples(points.length)) {
    const empty = points.every(
      (d, i) => i === a || i === b || i === c || inCircle(points[a]!, points[b]!, points[c]!, d) < 0,
    );
    if (empty) for (const pair of [[a, b], [b, c], [a, c]]) edges.add(pair.join()); // prettier-ignore
  }
  return [...edges].sort();
}

describe("block models", () => {
  test("have as many edges as their probabilities say", () => {
    const recipe = { kind: "sbm", blocks: [3, 3], blockNodes: [30, 30] } as const;
    const counts = many(recipe, 100).map(({ edgeCount }) => edgeCount);
    const [inside, across] = [3 * 435, 3 * 900];
    const deviation = Math.sqrt((inside * 0.3 * 0.7 + across * 0.005 * 0.995) / 100);
    // Connected ones only, which are a little denser: hence the fifth deviation.
    expect(Math.abs(mean(counts) - (0.3 * inside + 0.005 * across))).toBeLessThan(5 * deviation);
  });

  test("have 2 to 5 blocks of 20 to 40 nodes: seen where the blocks are cliques", () => {
    const found = many({ kind: "sbm", inside: 1, between: 0.02 }, 20).map((graph) => {
      const common = (a: number, b: number) =>
        neighboursOf(graph, a).filter((c) => edgeLabel(graph, b, c) !== undefined).length;
      const edges = edgesOf(graph).filter(([a, b]) => common(a, b) >= 15);
      const { component, count } = componentsOf(graphOf({ nodeCount: graph.nodeCount, edges }));
      return Array.from({ length: count }, (_, block) => component.filter((of) => of === block).length);
    });
    expect(new Set(found.map((blocks) => blocks.length))).toEqual(new Set([2, 3, 4, 5]));
    const all = found.flat();
    expect(all.every((size) => size >= 20 && size <= 40)).toBe(true);
    expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(15);
    expect(mean(all)).toBeCloseTo(30, -1);
  });

  test("that cannot be connected are given up, not waited for", () => {
    const apart = { kind: "sbm", blocks: [2, 2], blockNodes: [5, 5], between: 0 } as const;
    expect(() => generateGraph(apart, 1, 0)).toThrow("probabilities that make connected graphs, got none in 1000");
  });
});

test("communities: two of one size, few bridges, no two alike", () => {
  const graphs = generateGraphs({ kind: "community", count: 100, seed: 1 });
  expect(new Set(classesByTrying(graphs)).size).toBe(100);
  expect(new Set(sizes(graphs))).toEqual(new Set([12, 14, 16, 18, 20]));
  const expected = ({ nodeCount: n }: Graph) => 0.7 * (n / 2) * (n / 2 - 1) + 0.05 * n;
  expect(mean(graphs.map((graph) => graph.edgeCount / expected(graph)))).toBeCloseTo(1, 1);
  const split = splitByClass(graphs, { seed: 1 });
  expect([split.train.length, split.validation.length, split.test.length]).toEqual([70, 10, 20]);
});

describe("generateGraphs", () => {
  test("has no duplicates, and the first ten of a hundred are the ten", () => {
    const options = { kind: "tree", nodes: [6, 8], seed: 3 } as const;
    const graphs = generateGraphs({ ...options, count: 20 });
    expect(new Set(graphs.map(keyByTrying)).size).toBe(20);
    expect(generateGraphs({ ...options, count: 10 })).toEqual(graphs.slice(0, 10));
    // Control: the same draws have duplicates, of which the first is kept.
    const drawn = many({ kind: "tree", nodes: [6, 8] }, 100, 3);
    expect(new Set(drawn.slice(0, 20).map(keyByTrying)).size).toBeLessThan(20);
    const classes = classesByTrying(drawn);
    expect(graphs).toEqual(drawn.filter((_, i) => classes.indexOf(classes[i]!) === i).slice(0, 20));
  });

  test("finds all ten grids, and says so when there are no more", () => {
    const options = { kind: "grid", rows: [1, 4], columns: [1, 4], seed: 1 } as const;
    expect(generateGraphs({ ...options, count: 10 })).toHaveLength(10);
    const message = "11 different graphs of the kind grid, got 10 among the first 1220";
    expect(() => generateGraphs({ ...options, count: 11 })).toThrow(message);
  });

  test.each([
    [{ kind: "cube" }, "kind to be one of grid, tree"],
    [{ kind: "__proto__" }, "kind to be one of"],
    [undefined, "kind to be one of"],
    [{ kind: "tree", nodes: 64 }, "nodes to be [least, most]"],
    [{ kind: "tree", nodes: [5, 4] }, "[5, 4]"],
    [{ kind: "tree", nodes: [0, 4] }, "[0, 4]"],
    [{ kind: "tree", blocks: [1, 2] }, "options among kind, nodes"],
    [{ kind: "tree", nodes: [1, 1e9] }, "[1, 1000000000]"],
    [{ kind: "sbm", inside: 1.5 }, "inside to be a number from 0 to 1"],
    [{ kind: "sbm", blocks: [90, 90] }, "at most 2000 nodes in a graph of the kind sbm, got 3600"],
    [{ kind: "lobster", backbone: 0.5, nodes: [90, 100] }, "lobsters of 90 to 100 nodes"],
    [{ kind: "grid", rows: [900, 900], columns: [900, 900] }, "at most 100000 nodes"],
  ])("refuses %j", (recipe, message) => {
    expect(() => generateGraph(recipe as GraphRecipe, 1, 0)).toThrow(message);
  });

  test("refuses counts and seeds outside their ranges", () => {
    const options = { kind: "tree", seed: 1 } as const;
    expect(() => generateGraphs({ ...options, count: -1 })).toThrow("count to be a whole number");
    expect(() => generateGraphs({ ...options, count: 1, seed: -1 })).toThrow("a seed");
    expect(() => generateGraph({ kind: "tree" }, 1, -1)).toThrow("item");
  });
});
