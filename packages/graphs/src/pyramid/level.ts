import { graphOf, type Graph } from "../graph/graph.js";
import { massOf, type Formula } from "./formula.js";
import type { Keys } from "./keys.js";

/** What a graph looks like at one scale: clusters of its nodes, joined where any of their nodes are. */
export interface Level {
  /** Labels are those of the graph at the finest level, and 0 at all others. */
  readonly graph: Graph;
  /** Nodes of the finest level in each node, [n]. */
  readonly mass: Int32Array;
  /** How many of them have each label, [n, labels]: conserved from level to level, as mass is. */
  readonly formulas: Int32Array;
  /**
   * What becomes of each node at the next finer level, [n, labels]: it stays one (all 0), it splits into two, of which this is the formula of
   * the lighter, or, where this is its own formula, it falls apart into single nodes. All 0 at the finest level.
   */
  readonly splits: Int32Array;
  /** Of each node, where the level comes from data; none where it is generated. */
  readonly keys: Keys;
}

/** Where a walk from coarse to fine starts: one node, of which no more is known than what it is made of. */
export function rootLevel(formula: Formula): Level {
  return {
    graph: graphOf({ nodeCount: 1, edges: [] }),
    mass: Int32Array.of(massOf(formula)),
    formulas: formula,
    splits: new Int32Array(formula.length),
    keys: new Float64Array(0),
  };
}

/** Whether nothing is left to split. */
export function isFinest({ mass }: Pick<Level, "mass">): boolean {
  return mass.every((m) => m === 1);
}

/** The finest level of a graph. */
export function finestLevel(graph: Graph, labels: number, keys: Keys): Level {
  const { nodeCount, nodeLabels } = graph;
  const formulas = new Int32Array(nodeCount * labels);
  nodeLabels.forEach((label, node) => (formulas[node * labels + label] = 1));
  return {
    graph,
    mass: new Int32Array(nodeCount).fill(1),
    formulas,
    splits: new Int32Array(nodeCount * labels),
    keys,
  };
}
