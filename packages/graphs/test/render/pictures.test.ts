import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  edgesOf,
  generateGraph,
  graphGridSvg,
  graphOf,
  graphSvg,
  permuted,
  scaleStripSvg,
  type Edge,
  type Graph,
  type ScaleLevel,
} from "../../src/index.js";
import { fitted, layoutOf, separated, type Positions } from "../../src/render/layout.js";
import { pivotLayout } from "../../src/render/pivot-layout.js";
import { anyGraph } from "../formats/graphs.fixture.js";
import { pairedLevels } from "./levels.fixture.js";
import { discsOf, elementsOf, named, problemsOf } from "./svg.fixture.js";

const grid = (rows: number, columns: number): Graph => {
  const edges: Edge[] = [];
  for (let v = 0; v < rows * columns; v++) {
    if ((v + 1) % columns !== 0) edges.push([v, v + 1]);
    if (v + columns < rows * columns) edges.push([v, v + columns]);
  }
  return graphOf({ nodeCount: rows * columns, edges });
};

/** Edges that cross in a drawing, ends aside. */
function crossings(graph: Graph, at: Positions): number {
  const edges = edgesOf(graph);
  const turn = (a: number, b: number, c: number) =>
    Math.sign((at[2 * b]! - at[2 * a]!) * (at[2 * c + 1]! - at[2 * a + 1]!) - (at[2 * b + 1]! - at[2 * a + 1]!) * (at[2 * c]! - at[2 * a]!)); // prettier-ignore
  let count = 0;
  edges.forEach(([a, b], i) =>
    edges.slice(i + 1).forEach(([c, d]) => {
      if (a === c || a === d || b === c || b === d) return;
      if (turn(a, b, c) !== turn(a, b, d) && turn(c, d, a) !== turn(c, d, b)) count += 1;
    }),
  );
  return count;
}

describe("layout", () => {
  test("is the same every time, finite, and inside the frame, whatever the graph", () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const places = fitted(layoutOf(graph));
        expect(places).toEqual(fitted(layoutOf(graph)));
        expect(places).toHaveLength(2 * graph.nodeCount);
        expect(places.every((value) => Math.abs(value) <= 1 + 1e-9)).toBe(true);
        const spots = Array.from({ length: graph.nodeCount }, (_, v) => `${places[2 * v]},${places[2 * v + 1]}`);
        expect(new Set(spots).size).toBe(graph.nodeCount);
      }),
      { numRuns: 20 },
    );
  });

  test("unfolds grids: no two edges cross, in any order of the nodes; control: a random place for each node", () => {
    for (const [rows, columns] of [
      [3, 3],
      [5, 8],
      [10, 12],
    ] as const) {
      // prettier-ignore
      const graph = grid(rows, columns);
      const order = [...Array(graph.nodeCount).keys()].sort((a, b) => ((a * 7919) % 257) - ((b * 7919) % 257) || a - b);
      expect(crossings(graph, layoutOf(graph))).toBe(0);
      expect(crossings(permuted(graph, order), layoutOf(permuted(graph, order)))).toBe(0);
      const anywhere = Float64Array.from({ length: 2 * graph.nodeCount }, (_, i) => ((i * 7919) % 263) + i / 1000);
      expect(crossings(graph, anywhere)).toBeGreaterThan(graph.nodeCount / 4);
    }
  });

  test("draws trees with hardly a crossing", () => {
    const trees = [0, 1, 2, 3].map((i) => generateGraph({ kind: "tree" }, 5, i));
    expect(trees.reduce((sum, tree) => sum + crossings(tree, layoutOf(tree)), 0)).toBeLessThan(8);
  });

  test("hops are distances where that can be: a path is a line", () => {
    const path = grid(1, 9);
    const places = pivotLayout(
      path,
      Float32Array.from({ length: 18 }, (_, i) => ((i * 37) % 19) / 19),
    );
    for (let v = 1; v < 9; v++) {
      const step = Math.hypot(places[2 * v]! - places[2 * v - 2]!, places[2 * v + 1]! - places[2 * v - 1]!);
      expect(step).toBeCloseTo(1, 6);
    }
  });

  test("discs on one spot are pushed apart", () => {
    const places = separated(new Float64Array(8), [1, 1, 1, 1]);
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < a; b++) {
        expect(Math.hypot(places[2 * a]! - places[2 * b]!, places[2 * a + 1]! - places[2 * b + 1]!)).toBeGreaterThan(
          1.99,
        );
      }
    }
  });
});

describe("grid of graphs", () => {
  const labelled = graphOf({ nodeCount: 4, edges: [[0, 1], [1, 2, 2], [2, 3, 4]], nodeLabels: [0, 1, 2, 2] }); // prettier-ignore

  test("any graphs make a picture, and every node and edge is on it", () => {
    fc.assert(
      fc.property(fc.array(anyGraph, { maxLength: 5 }), fc.string({ unit: "grapheme" }), (graphs, title) => {
        const svg = graphGridSvg(graphs, { title });
        expect(problemsOf(svg)).toEqual([]);
        const edges = graphs.reduce((sum, { edgeCount }) => sum + edgeCount, 0);
        expect(named(svg, "line")).toHaveLength(edges);
        const nodes = graphs.reduce((sum, { nodeCount }) => sum + nodeCount, 0);
        expect(named(svg, "circle", "polygon").length).toBeGreaterThanOrEqual(nodes);
        expect(graphGridSvg(graphs, { title })).toBe(svg);
      }),
      { numRuns: 12 },
    );
  });

  test("no graphs, no nodes, one node", () => {
    expect(problemsOf(graphGridSvg([]))).toEqual([]);
    const svg = graphGridSvg([graphOf({ nodeCount: 0, edges: [] }), graphOf({ nodeCount: 1, edges: [] })]);
    expect(named(svg, "text").map(({ text }) => text)).toEqual(["no nodes", "0 nodes, 0 edges", "1 node, 0 edges", "node degree", "0"]); // prettier-ignore
    expect(problemsOf(svg)).toEqual([]);
  });

  test("labels have a shape each, and the legend says which; degrees have a size", () => {
    const svg = graphSvg(labelled);
    const drawn = named(svg, "circle", "polygon").map(
      ({ name, attributes }) => `${name}${attributes["points"]?.split(" ").length ?? ""}`,
    );
    expect(drawn).toEqual(["circle", "polygon4", "polygon3", "polygon3", "circle", "polygon4", "polygon3"]);
    expect(named(svg, "text").map(({ text }) => text)).toEqual(["4 nodes, 3 edges", "node label", "0", "1", "2"]);
    expect(named(svg, "line").map(({ attributes }) => attributes["stroke-linecap"])).toEqual([
      undefined,
      undefined,
      "butt",
    ]);
    const star = discsOf(graphSvg(graphOf({ nodeCount: 4, edges: [[0, 1], [0, 2], [0, 3]] }))); // prettier-ignore
    expect(star[0]!.r).toBeGreaterThan(1.3 * star[1]!.r);
    expect(named(graphSvg(labelled, { colouring: "degree" }), "polygon")).toEqual([]);
  });

  test("columns and captions are those asked for", () => {
    const svg = graphGridSvg([labelled, labelled, labelled], {
      columns: 2,
      cell: 100,
      captions: ["a", "<b>", "c"],
      title: "T & U",
    });
    const places = named(svg, "g").flatMap(({ attributes }) => attributes["transform"] ?? []);
    expect(places).toEqual(["translate(20,54)", "translate(136,54)", "translate(20,192)"]);
    expect(named(svg, "text").slice(0, 4).map(({ text }) => text)).toEqual(["T & U", "a", "<b>", "c"]); // prettier-ignore
    expect(named(svg, "title").map(({ text }) => text)).toEqual(["T & U"]);
  });

  test.each([
    [{ columns: 0 }, "columns to be a whole number from 1"],
    [{ cell: 1 }, "cell to be"],
    [{ captions: ["a"] }, "2 captions, got 1"],
    [{ colouring: "size" }, "label or degree"],
    [{ color: "degree" }, "options among title"],
  ])("refuses %j", (options, message) => {
    expect(() => graphGridSvg([labelled, labelled], options as never)).toThrow(message);
  });

  test("2000 nodes are drawn, more are refused and told what to do", () => {
    const path = (nodeCount: number) => graphOf({ nodeCount, edges: Array.from({ length: nodeCount - 1 }, (_, v): Edge => [v, v + 1]) }); // prettier-ignore
    expect(() => graphSvg(path(2001))).toThrow(
      "at most 2000 nodes in a graph to draw, got 2001; draw fewer, or export",
    );
    expect(() => graphGridSvg(Array.from({ length: 401 }, () => path(2)))).toThrow("at most 400 graphs to draw");
    expect(() => graphGridSvg(Array.from({ length: 11 }, () => path(1900)))).toThrow("at most 20000 nodes in all");
    expect(problemsOf(graphSvg(path(500)))).toEqual([]);
  });

  test("control: what is wrong with a picture is noticed", () => {
    expect(() => elementsOf("<svg><a></svg>")).toThrow();
    expect(problemsOf('<svg><g x="NaN" href="a" onclick="b"/><script/></svg>')).toEqual(["not an svg", "no title", "x=NaN", "href", "onclick", "script"]); // prettier-ignore
  });
});

describe("strip of scales", () => {
  const levels = pairedLevels(generateGraph({ kind: "planar", nodes: [30, 30] }, 2, 0));

  test("has a panel for each level, a disc for each node, and the area of a disc is its mass", () => {
    const svg = scaleStripSvg(levels, { title: "Scales", panel: 400 });
    expect(problemsOf(svg)).toEqual([]);
    const counts = levels.map(({ graph }) => graph.nodeCount);
    expect(counts[0]).toBe(1);
    expect(named(svg, "text").map(({ text }) => text)).toEqual(["Scales", ...counts.map((n) => `${n} node${n === 1 ? "" : "s"}`), expect.stringContaining("area:")]); // prettier-ignore
    const discs = discsOf(svg);
    const masses = levels.flatMap(({ mass }) => Array.from(mass));
    expect(discs).toHaveLength(masses.length);
    discs.forEach(({ r }, i) => expect(r ** 2 / discs[0]!.r ** 2).toBeCloseTo(masses[i]! / 30, 2));
    expect(scaleStripSvg(levels, { title: "Scales", panel: 400 })).toBe(svg);
  });

  test("siblings lie on a band, and are nearer to each other than nodes are, on the whole", () => {
    const { graph, parents, mass } = levels.at(-1)!;
    const svg = scaleStripSvg(levels);
    const discs = discsOf(svg).slice(-graph.nodeCount);
    const bands = levels.reduce(
      (sum, level, k) => sum + (k === 0 ? 0 : level.graph.nodeCount - levels[k - 1]!.graph.nodeCount),
      0,
    );
    const edges = levels.reduce((sum, level) => sum + level.graph.edgeCount, 0);
    expect(named(svg, "line")).toHaveLength(bands + edges);
    let [siblings, others, pairs, rest] = [0, 0, 0, 0];
    for (let a = 0; a < graph.nodeCount; a++) {
      for (let b = 0; b < a; b++) {
        const distance = Math.hypot(discs[a]!.x - discs[b]!.x, discs[a]!.y - discs[b]!.y);
        if (parents[a] === parents[b]) [siblings, pairs] = [siblings + distance, pairs + 1];
        else [others, rest] = [others + distance, rest + 1];
      }
    }
    expect(siblings / pairs).toBeLessThan((0.6 * others) / rest);
    expect(mass.every((of) => of === 1)).toBe(true);
    // Colours part as the graph does: one, two, four... and in the end one a node.
    expect(new Set(discs.map(({ fill }) => fill)).size).toBeGreaterThan(20);
  });

  test("no levels, one level, no nodes", () => {
    expect(problemsOf(scaleStripSvg([]))).toEqual([]);
    expect(problemsOf(scaleStripSvg([levels[0]!]))).toEqual([]);
    const empty: ScaleLevel = {
      graph: graphOf({ nodeCount: 0, edges: [] }),
      mass: new Int32Array(0),
      parents: new Int32Array(0),
    };
    expect(problemsOf(scaleStripSvg([empty]))).toEqual([]);
  });

  const [first, second] = [levels[0]!, levels[1]!];
  test.each([
    [[{ ...first, mass: Int32Array.of(1, 2) }], "level 0 to have 1 masses, got 2"],
    [[{ ...first, mass: Int32Array.of(0) }], "level 0 to have masses from 1, got 0"],
    [[first, { ...second, parents: new Int32Array(1) }], `level 1 to have ${second.graph.nodeCount} parents, got 1`],
    [[first, { ...second, parents: second.parents.map(() => 1) }], "parents from 0 to 0, got 1"],
    [[first, { ...second, mass: second.mass.map(() => 1) }], "the mass 30 in the children of 0"],
    ["levels", "levels to be a list"],
  ])("refuses levels that do not fit: %#", (wrong, message) => {
    expect(() => scaleStripSvg(wrong as ScaleLevel[])).toThrow(message);
  });
});
