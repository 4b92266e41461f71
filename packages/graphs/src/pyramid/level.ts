import { graphOf, type Graph } from "../graph/graph.js";
import type { Keys } from "./keys.js";

/** What a graph looks like at one scale: clusters of its nodes, joined where any of their nodes are. */
export interface Level {
  /** Labels are those of the graph at the finest level, and 0 at all others. */
  readonly graph: Graph;
  /** Nodes of the finest level in each node, [n]. */
  readonly mass: Int32Array;
  /** Share of each label among those nodes, or what is known of it, [n, labels]. */
  readonly composition: Float32Array;
  /**
   * What becomes of each node at the next finer level, [n]: it stays one (0), it splits into two, of which the lighter has this
   * mass, or, where this is its whole mass, it falls apart into single nodes. All 0 at the finest level.
   */
  readonly splits: Int32Array;
  /** Of each node, where the level comes from data; none where it is generated. */
  readonly keys: Keys;
}

/** Where a walk from coarse to fine starts: one node, of which no more is known than how many it stands for. */
export function rootLevel(mass: number, composition: Float32Array): Level {
  return {
    graph: graphOf({ nodeCount: 1, edges: [] }),
    mass: Int32Array.of(mass),
    composition,
    splits: Int32Array.of(0),
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
  const composition = new Float32Array(nodeCount * labels);
  nodeLabels.forEach((label, node) => (composition[node * labels + label] = 1));
  return {
    graph,
    mass: new Int32Array(nodeCount).fill(1),
    composition,
    splits: new Int32Array(nodeCount),
    keys,
  };
}
