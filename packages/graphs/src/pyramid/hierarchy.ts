import { permuted, type Graph } from "../graph/graph.js";
import { contract } from "./contract.js";
import { formulaOf } from "./formula.js";
import { requireKeys, type Keys } from "./keys.js";
import { finestLevel, rootLevel, type LabelCounts, type Level } from "./level.js";
import type { Reach } from "./reach.js";
import { siblingOrder } from "./sibling-order.js";

/** A graph at all its scales. */
export interface Hierarchy {
  /** Finest first, down to a single node. The children of a node lie side by side, in the order of their parents: see `siblingOrder`. */
  readonly levels: readonly Level[];
  /** Which node of the graph each node of the finest level is, [n]. */
  readonly order: Int32Array;
}

/**
 * The levels of a graph: labels of edges are left out where there are several, then pairs of nodes are merged until one is left.
 *
 * @param keys one for each node, as from `drawKeys`; the same graph with other keys has other levels
 * @throws NextscaleError `invalid-argument` for keys that do not fit
 */
export function hierarchyOf(graph: Graph, labels: LabelCounts, keys: Keys): Hierarchy {
  requireKeys(keys, graph.nodeCount);
  const levels = [finestLevel(graph, labels, keys)];
  const parents: Int32Array[] = [];
  let reach: Reach | undefined;
  while (levels.at(-1)!.graph.nodeCount > 1) {
    const contracted = contract(levels.at(-1)!, reach);
    levels.push(contracted.coarse);
    parents.push(contracted.parents);
    reach = contracted.reach;
  }
  return aligned(levels, parents);
}

/**
 * One coarse node and the graph itself, without scales between: what a model that refines in one scale sees.
 */
export function flatHierarchyOf(graph: Graph, labels: LabelCounts, keys: Keys): Hierarchy {
  requireKeys(keys, graph.nodeCount);
  const fine = finestLevel(graph, labels, keys);
  const { nodeCount } = graph;
  if (nodeCount === 1) return aligned([fine], []);
  const formula = formulaOf(graph.nodeLabels, labels.nodeLabels);
  const coarse: Level = { ...rootLevel(formula), splits: formula, keys: Float64Array.of(0) };
  return aligned([fine, coarse], [new Int32Array(nodeCount)]);
}

/** The levels with their nodes in the order in which a walk from coarse to fine meets them. */
function aligned(levels: readonly Level[], parents: readonly Int32Array[]): Hierarchy {
  // The nodes of the level above, in their new order.
  let order = Int32Array.from(levels.at(-1)!.mass.keys());
  const ordered = [reordered(levels.at(-1)!, order)];
  for (let k = levels.length - 2; k >= 0; k--) {
    const before = siblingOrder(levels[k]!);
    const children = Array.from(order, (): number[] => []);
    const place = new Int32Array(order.length);
    order.forEach((node, at) => (place[node] = at));
    parents[k]!.forEach((parent, node) => children[place[parent]!]!.push(node));
    for (const siblings of children) siblings.sort(before);
    order = Int32Array.from(children.flat());
    ordered.push(reordered(levels[k]!, order));
  }
  return { levels: ordered.reverse(), order };
}

/** @param order the old numbers of the nodes, in their new order */
function reordered({ graph, labelled, mass, formulas, splits, keys }: Level, order: Int32Array): Level {
  const place = new Int32Array(order.length);
  order.forEach((node, at) => (place[node] = at));
  const labels = formulas.length / order.length;
  const perLabel = (of: Int32Array) => of.map((_, at) => of[order[Math.floor(at / labels)]! * labels + (at % labels)]!);
  return {
    graph: permuted(graph, place),
    labelled,
    mass: Int32Array.from(order, (node) => mass[node]!),
    formulas: perLabel(formulas),
    splits: perLabel(splits),
    keys: Float64Array.from(order, (node) => keys[node]!),
  };
}
