import { integerSource, randomStream, type IntegerSource } from "@nextscale/refinement-core";
import fc from "fast-check";
import { edgesOf, graphOf, permuted, type Edge, type Graph } from "../../src/index.js";

/** Any graph of up to `most` nodes; with labels below `labels`, without when it is 1. */
export function graphs(most: number, labels = 1): fc.Arbitrary<Graph> {
  return fc.integer({ min: 0, max: most }).chain((nodeCount) => {
    const pairs = allPairs(nodeCount);
    return fc
      .record({
        edges: fc.subarray(pairs),
        edgeLabels: fc.array(fc.nat({ max: labels - 1 }), { minLength: pairs.length, maxLength: pairs.length }),
        nodeLabels: fc.array(fc.nat({ max: labels - 1 }), { minLength: nodeCount, maxLength: nodeCount }),
      })
      .map(({ edges, edgeLabels, nodeLabels }) =>
        graphOf({ nodeCount, nodeLabels, edges: edges.map(([a, b], i): Edge => [a, b, edgeLabels[i]!]) }),
      );
  });
}

/** A graph and the same one with other numbers. */
export function renumbered(graph: fc.Arbitrary<Graph>): fc.Arbitrary<readonly [Graph, Graph, readonly number[]]> {
  return graph.chain((one) =>
    fc
      .shuffledSubarray([...Array(one.nodeCount).keys()], { minLength: one.nodeCount })
      .map((order) => [one, permuted(one, order), order] as const),
  );
}

/** All pairs of nodes. */
export function allPairs(nodeCount: number): (readonly [number, number])[] {
  return Array.from({ length: nodeCount }, (_, b) => Array.from({ length: b }, (_, a) => [a, b] as const)).flat();
}

/** The graph without labels of nodeCount nodes and those pairs whose bit is set. */
export function graphOfBits(nodeCount: number, bits: number): Graph {
  return graphOf({ nodeCount, edges: allPairs(nodeCount).filter((_, i) => (bits >> i) & 1) });
}

/** A source of integers for one test. */
export function draws(name: string): IntegerSource {
  return integerSource(randomStream(0, `test/${name}`));
}

/** Each pair of nodes with probability `percent` / 100. */
export function randomGraph(nodeCount: number, percent: number, draw: IntegerSource): Graph {
  return graphOf({ nodeCount, edges: allPairs(nodeCount).filter(() => draw(100) < percent) });
}

/** Random node in a random face, again and again: a planar graph that no edge can be added to. */
export function randomTriangulation(nodeCount: number, draw: IntegerSource): Graph {
  const edges: Edge[] = [[0, 1], [1, 2], [0, 2]]; // prettier-ignore
  const faces: [number, number, number][] = [[0, 1, 2], [0, 1, 2]]; // prettier-ignore
  for (let v = 3; v < nodeCount; v++) {
    const at = draw(faces.length);
    const [a, b, c] = faces[at]!;
    faces[at] = [a, b, v];
    faces.push([a, c, v], [b, c, v]);
    edges.push([a, v], [b, v], [c, v]);
  }
  return graphOf({ nodeCount, edges });
}

/** The edges of a graph without some. */
export function without(graph: Graph, dropped: (edge: Edge, index: number) => boolean): Graph {
  return graphOf({ nodeCount: graph.nodeCount, edges: edgesOf(graph).filter((edge, i) => !dropped(edge, i)) });
}

/** Several graphs side by side. */
export function sideBySide(...parts: readonly Graph[]): Graph {
  const edges: Edge[] = [];
  let nodeCount = 0;
  for (const part of parts) {
    for (const [a, b, label] of edgesOf(part)) edges.push([nodeCount + a, nodeCount + b, label]);
    nodeCount += part.nodeCount;
  }
  return graphOf({ nodeCount, edges });
}

/** Nodes 0, 1, ... in a ring. */
export function cycle(nodeCount: number): Graph {
  return graphOf({ nodeCount, edges: Array.from({ length: nodeCount }, (_, v) => [v, (v + 1) % nodeCount]) });
}

/** Nodes 0, 1, ... in a row. */
export function path(nodeCount: number): Graph {
  return graphOf({ nodeCount, edges: Array.from({ length: Math.max(0, nodeCount - 1) }, (_, v) => [v, v + 1]) });
}

/** All pairs joined. */
export function complete(nodeCount: number): Graph {
  return graphOf({ nodeCount, edges: allPairs(nodeCount) });
}
