import { edgesOf, graphOf, type Edge } from "../graph/graph.js";
import { mixed } from "./keys.js";
import type { Level } from "./level.js";
import { matching } from "./matching.js";
import { mergedReach, reachOf, type Reach } from "./reach.js";
import { siblingOrder } from "./sibling-order.js";

/** A level and where its nodes went. */
export interface Contracted {
  readonly coarse: Level;
  /** Node of the coarse level that each node of the fine one is in, [n]. */
  readonly parents: Int32Array;
  readonly reach: Reach;
}

/**
 * The next coarser level: edges lose their labels where they have any, otherwise pairs of nodes become one. Masses and formulas add up, two clusters
 * are joined where any of their nodes are.
 *
 * @param reach of the nodes of the level in the graph that it is one of; default: the level is taken for the graph
 */
export function contract(fine: Level, reach: Reach = reachOf(fine.graph)): Contracted {
  const { graph, labelled, mass, keys } = fine;
  if (labelled) return { coarse: withoutEdgeLabels(fine), parents: Int32Array.from(mass.keys()), reach };
  const partner = matching({ graph, mass, keys, reach });
  const parents = new Int32Array(graph.nodeCount);
  const firsts: number[] = [];
  partner.forEach((other, node) => {
    if (other < node) return;
    parents[node] = firsts.length;
    parents[other] = firsts.length;
    firsts.push(node);
  });
  return { coarse: merged(fine, partner, parents, firsts), parents, reach: mergedReach(reach, parents, firsts.length) };
}

function withoutEdgeLabels(finest: Level): Level {
  const { nodeCount, nodeLabels } = finest.graph;
  const edges = edgesOf(finest.graph).map(([a, b]): Edge => [a, b]);
  return { ...finest, graph: graphOf({ nodeCount, nodeLabels, edges }), labelled: false };
}

function merged(fine: Level, partner: Int32Array, parents: Int32Array, firsts: readonly number[]): Level {
  const { graph, mass, formulas, keys } = fine;
  const labels = formulas.length / graph.nodeCount;
  const before = siblingOrder(fine);
  const edges = new Map<number, Edge>();
  for (const [a, b] of edgesOf(graph)) {
    const [p, q] = [Math.min(parents[a]!, parents[b]!), Math.max(parents[a]!, parents[b]!)];
    if (p !== q) edges.set(p * firsts.length + q, [p, q]);
  }
  const pairs = firsts.map((a) => [a, partner[a]!] as const);
  /** Of each label in each cluster: a number of its two nodes, or of its one. */
  const perLabel = (
    ofPair: (a: number, b: number, label: number) => number,
    ofOne: (a: number, label: number) => number,
  ) =>
    Int32Array.from({ length: firsts.length * labels }, (_, at) => {
      const [a, b] = pairs[Math.floor(at / labels)]!;
      return a === b ? ofOne(a, at % labels) : ofPair(a, b, at % labels);
    });
  const count = (node: number, label: number) => formulas[node * labels + label]!;
  return {
    graph: graphOf({ nodeCount: firsts.length, edges: [...edges.values()] }),
    labelled: false,
    mass: Int32Array.from(pairs, ([a, b]) => (a === b ? mass[a]! : mass[a]! + mass[b]!)),
    formulas: perLabel((a, b, label) => count(a, label) + count(b, label), count),
    splits: perLabel(
      (a, b, label) => count(before(a, b) < 0 ? b : a, label),
      () => 0,
    ),
    keys: Float64Array.from(pairs, ([a, b]) => (a === b ? keys[a]! : mixed(keys[a]!, keys[b]!, "merged"))),
  };
}
