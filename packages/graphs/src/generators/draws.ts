import { integerSource, randomStream, type IntegerSource } from "@nextscale/refinement-core";
import { NextscaleError } from "@nextscale/engine";
import { isConnected } from "../graph/components.js";
import { graphOf, type Edge, type Graph } from "../graph/graph.js";

/** Least and largest size, both included. */
export type SizeRange = readonly [least: number, most: number];

/** What a generated graph may be at most. */
export const GENERATOR_LIMITS = {
  /** Nodes of a graph whose edges are made one by one. */
  nodes: 100_000,
  /** Nodes of a graph where every pair of nodes is drawn. */
  nodesOfPairs: 2_000,
  /** Graphs of a set. */
  graphs: 100_000,
} as const;

/** Where the numbers of graph `index` of a kind come from: nothing but seed, kind and index. */
export function drawsOf(seed: number | bigint, kind: string, index: number): IntegerSource {
  return integerSource(randomStream(seed, `graphs/generators/${kind}`), { item: index });
}

/** Resolution of a number between 0 and 1. */
const UNIT = 2 ** 31;

/** A number between 0 and 1, neither of them. */
export function unit(draw: IntegerSource): number {
  return (draw(UNIT) + 0.5) / UNIT;
}

/** Whether something of this probability happens. */
export function happens(draw: IntegerSource, probability: number): boolean {
  return unit(draw) < probability;
}

/** A whole number of a range. */
export function between(draw: IntegerSource, [least, most]: SizeRange): number {
  return least + draw(most - least + 1);
}

/** Pairs that may be drawn for one graph, all tries together: a few seconds. */
const MOST_PAIRS = 1e8;

/**
 * Draws until a graph is connected.
 *
 * @param pairs of nodes that one try draws, at most
 * @throws NextscaleError `invalid-argument` where that seems hopeless
 */
export function firstConnected(where: string, pairs: number, draw: () => Graph): Graph {
  const tries = Math.min(1000, Math.ceil(MOST_PAIRS / Math.max(1, pairs)));
  for (let i = 0; i < tries; i++) {
    const graph = draw();
    if (isConnected(graph)) return graph;
  }
  throw new NextscaleError({
    code: "invalid-argument",
    where,
    expected: "probabilities that make connected graphs",
    got: `none in ${tries}`,
    fix: "raise the probabilities, or the sizes",
  });
}

/** A graph of its nodes and edges, its nodes in a random order: whoever looks at the order learns nothing. */
export function inRandomOrder(draw: IntegerSource, nodeCount: number, edges: readonly Edge[]): Graph {
  const order = Int32Array.from({ length: nodeCount }, (_, v) => v);
  for (let v = nodeCount - 1; v > 0; v--) {
    const other = draw(v + 1);
    [order[v], order[other]] = [order[other]!, order[v]!];
  }
  return graphOf({ nodeCount, edges: edges.map(([a, b]): Edge => [order[a]!, order[b]!]) });
}
