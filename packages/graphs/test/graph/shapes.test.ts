import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  edgesOf,
  graphOf,
  gridGraph,
  isGrid,
  isLobster,
  isPlanar,
  isTree,
  type Edge,
  type Graph,
} from "../../src/index.js";
import { readSet, testWithSets } from "../metrics/read-set.js";
import { cycle, draws, graphs, path, renumbered, sideBySide, without } from "./small-graphs.js";

const single = graphOf({ nodeCount: 1, edges: [] });
const none = graphOf({ nodeCount: 0, edges: [] });

/** A backbone, each of its nodes with `arms` paths of `length` nodes. */
function backbone(nodes: number, arms: number, length: number): Graph {
  const edges: Edge[] = edgesOf(path(nodes)).map(([a, b]): Edge => [a, b]);
  let nodeCount = nodes;
  for (let v = 0; v < nodes; v++) {
    for (let arm = 0; arm < arms; arm++) {
      for (let step = 0; step < length; step++) edges.push([step === 0 ? v : nodeCount - 1, nodeCount++]);
    }
  }
  return graphOf({ nodeCount, edges });
}

describe("trees and lobsters", () => {
  test("trees are connected and lose that with any edge", () => {
    const draw = draws("trees");
    for (let i = 0; i < 50; i++) {
      const nodeCount = 2 + draw(40);
      const tree = graphOf({
        nodeCount,
        edges: Array.from({ length: nodeCount - 1 }, (_, v): Edge => [draw(v + 1), v + 1]),
      });
      expect([isTree(tree), isPlanar(tree)]).toEqual([true, true]);
      expect(isTree(without(tree, (_, e) => e === i % tree.edgeCount))).toBe(false);
    }
    expect([isTree(cycle(4)), isTree(sideBySide(cycle(3), single)), isTree(none), isTree(single)]).toEqual(
      [false, false, false, true], // prettier-ignore
    );
  });

  test("a lobster has arms of up to two nodes", () => {
    const shapes = [path(1), path(2), path(9), backbone(6, 2, 1), backbone(6, 3, 2), backbone(1, 5, 2)];
    expect(shapes.map(isLobster)).toEqual(shapes.map(() => true));
    const others = [none, cycle(5), backbone(5, 1, 3), backbone(1, 3, 3), sideBySide(path(3), path(3))];
    // An arm of three nodes at an end only makes the backbone longer.
    expect(others.map(isLobster)).toEqual(others.map(() => false));
  });

  test("neither depends on numbers", () => {
    fc.assert(
      fc.property(renumbered(graphs(7)), ([graph, other]) => {
        expect([isTree(other), isLobster(other), isGrid(other)]).toEqual([
          isTree(graph),
          isLobster(graph),
          isGrid(graph),
        ]);
      }),
    );
  });
});

describe("isGrid", () => {
  test("accepts grids of 2 to 19 rows and columns in any order of nodes, labelled or not", () => {
    const shape = fc.record({ rows: fc.integer({ min: 2, max: 19 }), columns: fc.integer({ min: 2, max: 19 }) });
    fc.assert(
      fc.property(
        shape.chain((given) => renumbered(fc.constant(gridGraph(given)))),
        ([, graph]) => {
          expect(isGrid(graph)).toBe(true);
          const edges = edgesOf(graph);
          expect(isGrid(graphOf({ nodeCount: graph.nodeCount, edges, nodeLabels: edges.map(() => 1).concat(Array(400).fill(0)).slice(0, graph.nodeCount) }))).toBe(true); // prettier-ignore
        },
      ),
      { numRuns: 30 },
    );
  });

  test("refuses other sizes, and grids with one edge less, more or elsewhere", () => {
    expect([path(10), gridGraph({ rows: 20, columns: 3 }), none, single, cycle(6)].map(isGrid)).toEqual(
      Array(5).fill(false),
    );
    const grid = gridGraph({ rows: 5, columns: 6 });
    const more = graphOf({ nodeCount: 30, edges: [...edgesOf(grid), [0, 7]] });
    expect(isGrid(without(grid, (_, e) => e === 3))).toBe(false);
    expect(isGrid(more)).toBe(false);
    expect(isGrid(without(more, (_, e) => e === 3))).toBe(false);
    expect(isGrid(cycle(4))).toBe(true);
  });
});

testWithSets(["planar", "tree", "sbm", "digress_planar_samples"], "published sets are what they are called", () => {
  expect(readSet("planar").every((graph) => isPlanar(graph))).toBe(true);
  expect(readSet("tree").every(isTree)).toBe(true);
  // Controls: none of the other sets.
  expect(readSet("planar").some(isTree) || readSet("tree").every(isLobster)).toBe(false);
  expect(readSet("sbm").filter((graph) => isPlanar(graph))).toHaveLength(0);
});
