import fc from "fast-check";
import { DirectedGraph, MultiGraph, UndirectedGraph } from "graphology";
import { expect, test } from "vitest";
import { fromGraphology, graphOf, toGraphology } from "../../src/index.js";
import { anyGraph } from "./graphs.fixture.js";

test("a graph comes back from graphology as it was", () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const { graph: back, names } = fromGraphology(toGraphology(graph));
      expect(back).toEqual(graph);
      expect(names).toEqual(Array.from({ length: graph.nodeCount }, (_, v) => String(v)));
    }),
  );
});

test("labels are attributes where there are any", () => {
  const plain = toGraphology(graphOf({ nodeCount: 2, edges: [[0, 1]] }));
  expect([plain.getNodeAttributes("0"), plain.getEdgeAttributes("0", "1")]).toEqual([{}, {}]);
  const labelled = toGraphology(graphOf({ nodeCount: 3, edges: [[0, 1, 2], [1, 2, 0]], nodeLabels: [0, 5, 0] })); // prettier-ignore
  expect(labelled.mapNodes((_, { label }) => label)).toEqual([0, 5, 0]);
  expect(labelled.mapEdges((_, { label }) => label)).toEqual([2, 0]);
});

test("keys are names, in their order, and labels may be digits or of another attribute", () => {
  const source = new UndirectedGraph();
  source.addNode("b", { label: "7", kind: 3 });
  source.addNode("a", { kind: 4 });
  source.addEdge("a", "b", { label: 1 });
  expect(fromGraphology(source)).toEqual({ graph: graphOf({ nodeCount: 2, edges: [[0, 1, 1]], nodeLabels: [7, 0] }), names: ["b", "a"] }); // prettier-ignore
  expect(fromGraphology(source, { labelAttribute: "kind" }).graph.nodeLabels).toEqual(Uint8Array.of(3, 4));
  expect(fromGraphology(source, { labelAttribute: null }).graph.nodeLabels).toEqual(Uint8Array.of(0, 0));
});

test("what a graph here cannot be is refused by name", () => {
  const directed = new DirectedGraph();
  directed.mergeEdge("x", "y");
  expect(() => fromGraphology(directed)).toThrow("undirected edges, got a directed edge x -> y; make the graph");
  const loops = new UndirectedGraph();
  loops.mergeEdge("x", "x");
  expect(() => fromGraphology(loops)).toThrow("got a loop at node x");
  const parallel = new MultiGraph({ type: "undirected" });
  parallel.mergeNode("x");
  parallel.mergeNode("y");
  parallel.addUndirectedEdge("x", "y");
  parallel.addUndirectedEdge("y", "x");
  expect(() => fromGraphology(parallel)).toThrow(/parallel edges [xy] - [xy]/);
  for (const label of [1.5, -1, 256, NaN, "Valjean", "1e2", {}]) {
    const labelled = new UndirectedGraph();
    labelled.addNode("x", { label });
    expect(() => fromGraphology(labelled)).toThrow("at node x; name the attribute that holds such labels");
  }
});
