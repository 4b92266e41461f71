import { neighboursOf, type Graph } from "../graph/graph.js";
import { mixed, type Keys } from "./keys.js";

/** What decides who is merged. */
export interface Clusters {
  readonly graph: Graph;
  readonly mass: Int32Array;
  readonly keys: Keys;
}

/**
 * Whom each node is merged with; itself for those that stay alone. Neighbours first, lightest pairs before heavier ones; then, of those
 * that are left, pairs with a common neighbour; where there are none of either, nodes that have nothing to do with each other. The rule of
 * common neighbours keeps stars from taking as many levels as they have leaves.
 *
 * Nodes are compared by mass and key alone, so that a permutation of the nodes permutes the result.
 */
export function matching(clusters: Clusters): Int32Array {
  const partner = Int32Array.from({ length: clusters.graph.nodeCount }, (_, node) => node);
  if (mergeNeighbours(clusters, partner) + mergeAround(clusters, partner) === 0) mergeAny(clusters, partner);
  return partner;
}

function mergeNeighbours({ graph, mass, keys }: Clusters, partner: Int32Array): number {
  const pairs: { readonly a: number; readonly b: number; readonly mass: number; readonly rank: number }[] = [];
  for (let a = 0; a < graph.nodeCount; a++) {
    for (const b of neighboursOf(graph, a)) {
      if (a < b) pairs.push({ a, b, mass: mass[a]! + mass[b]!, rank: mixed(keys[a]!, keys[b]!, "rank") });
    }
  }
  pairs.sort((p, q) => p.mass - q.mass || p.rank - q.rank);
  let merged = 0;
  for (const { a, b } of pairs) merged += merge(partner, a, b);
  return merged;
}

/** Around each node, in the order of their keys, the neighbours that are still alone, one with the next. */
function mergeAround({ graph, mass, keys }: Clusters, partner: Int32Array): number {
  const alone = (node: number) => partner[node] === node;
  const centres = Array.from(partner.keys()).sort((a, b) => keys[a]! - keys[b]!);
  return centres.reduce((merged, centre) => {
    const waiting = Array.from(neighboursOf(graph, centre)).filter(alone);
    return merged + mergeInOrder(waiting, { mass, keys }, partner);
  }, 0);
}

function mergeAny({ mass, keys }: Clusters, partner: Int32Array): void {
  mergeInOrder(Array.from(partner.keys()), { mass, keys }, partner);
}

/** Merges the lightest with the second lightest, and so on. */
function mergeInOrder(nodes: number[], { mass, keys }: Pick<Clusters, "mass" | "keys">, partner: Int32Array): number {
  nodes.sort((a, b) => mass[a]! - mass[b]! || keys[a]! - keys[b]!);
  let merged = 0;
  for (let i = 0; i + 1 < nodes.length; i += 2) merged += merge(partner, nodes[i]!, nodes[i + 1]!);
  return merged;
}

/** 1 where both were alone and now are not. */
function merge(partner: Int32Array, a: number, b: number): 0 | 1 {
  if (partner[a] !== a || partner[b] !== b) return 0;
  partner[a] = b;
  partner[b] = a;
  return 1;
}
