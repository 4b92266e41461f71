import { graphOf, type Graph } from "../graph/graph.js";
import { massOf, type Formula } from "./formula.js";
import type { Keys } from "./keys.js";

/** How many labels nodes and edges can have. */
export interface LabelCounts {
  readonly nodeLabels: number;
  readonly edgeLabels: number;
}

/** What a graph looks like at one scale: clusters of its nodes, joined where any of their nodes are. */
export interface Level {
  /** Labels of edges are those of the graph at the finest level and 0 at all others; those of nodes also where edges are all that is left. */
  readonly graph: Graph;
  /** Whether its edges have those labels: only where there are several to tell apart. */
  readonly labelled: boolean;
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
    labelled: false,
    mass: Int32Array.of(massOf(formula)),
    formulas: formula,
    splits: new Int32Array(formula.length),
    keys: new Float64Array(0),
  };
}

/** Whether nothing is left to add to a level of a graph whose edges have so many labels. */
export function isFinest({ mass, labelled }: Pick<Level, "mass" | "labelled">, edgeLabels: number): boolean {
  return mass.every((m) => m === 1) && (labelled || edgeLabels === 1);
}

/** The finest level of a graph. */
export function finestLevel(graph: Graph, { nodeLabels: labels, edgeLabels }: LabelCounts, keys: Keys): Level {
  const { nodeCount, nodeLabels } = graph;
  const formulas = new Int32Array(nodeCount * labels);
  nodeLabels.forEach((label, node) => (formulas[node * labels + label] = 1));
  return {
    graph,
    labelled: edgeLabels > 1,
    mass: new Int32Array(nodeCount).fill(1),
    formulas,
    splits: new Int32Array(nodeCount * labels),
    keys,
  };
}
