import { edgeLabel, neighboursOf, type Graph } from "../graph/graph.js";
import { mixed, type Keys } from "./keys.js";
import { walksBetween, type Reach } from "./reach.js";

/** Neighbours of a node that each of them is compared with: those of a hub could be too many. */
const MOST_COMPARED = 32;

/** What decides who is merged. */
export interface Clusters {
  readonly graph: Graph;
  readonly mass: Int32Array;
  readonly keys: Keys;
  readonly reach: Reach;
}

/** Neighbours are not merged where either has others that are so much closer. */
const CLOSE_ENOUGH = 1 / 2;

/**
 * Whom each node is merged with; itself for those that stay alone. Neighbours first that are close to each other, lightest pairs before heavier
 * ones; then, of those that are left, pairs of which the one has no neighbour that the other does not have: twins, leaves of a hub. Where there are
 * no edges, nodes that have nothing to do with each other.
 *
 * So every level of a graph is a minor of it: levels of planar graphs are planar, those of trees are trees, and what holds for the graph can be told
 * from each. Communities become clusters before they are merged with each other, because most of the edges between them are of no close pair. The
 * second rule keeps stars from taking as many levels as they have leaves.
 *
 * Nodes are compared by mass and key alone, so that a permutation of the nodes permutes the result.
 */
export function matching(clusters: Clusters): Int32Array {
  const partner = Int32Array.from({ length: clusters.graph.nodeCount }, (_, node) => node);
  if (mergeNeighbours(clusters, partner) + mergeAround(clusters, partner) === 0) mergeAny(clusters, partner);
  return partner;
}

function mergeNeighbours(clusters: Clusters, partner: Int32Array): number {
  const { mass, keys } = clusters;
  const pairs = closePairs(clusters).map(([a, b]) => {
    return { a, b, mass: mass[a]! + mass[b]!, rank: mixed(keys[a]!, keys[b]!, "rank") };
  });
  pairs.sort((p, q) => p.mass - q.mass || p.rank - q.rank);
  let merged = 0;
  for (const { a, b } of pairs) merged += merge(partner, a, b);
  return merged;
}

/** Pairs of neighbours of which neither has another that is much closer: between whose nodes there are many more walks of two steps. */
function closePairs({ graph, mass, reach }: Clusters): (readonly [number, number])[] {
  const closest = new Float64Array(graph.nodeCount);
  const pairs: { readonly a: number; readonly b: number; readonly closeness: number }[] = [];
  for (let a = 0; a < graph.nodeCount; a++) {
    for (const b of neighboursOf(graph, a)) {
      if (a > b) continue;
      const closeness = walksBetween(reach, a, b) / (mass[a]! * mass[b]!);
      for (const node of [a, b]) closest[node] = Math.max(closest[node]!, closeness);
      pairs.push({ a, b, closeness });
    }
  }
  const isClose = (node: number, closeness: number) => closeness >= CLOSE_ENOUGH * closest[node]!;
  return pairs.flatMap(({ a, b, closeness }) => isClose(a, closeness) && isClose(b, closeness) ? [[a, b] as const] : []); // prettier-ignore
}

/** Around each node, in the order of their keys, those of its neighbours that are still alone: each with the first one that fits. */
function mergeAround({ graph, mass, keys }: Clusters, partner: Int32Array): number {
  const alone = (node: number) => partner[node] === node;
  const centres = Array.from(partner.keys()).sort((a, b) => keys[a]! - keys[b]!);
  let merged = 0;
  for (const centre of centres) {
    const waiting = lightestFirst(Array.from(neighboursOf(graph, centre)).filter(alone), { mass, keys });
    waiting.forEach((node, i) => {
      if (!alone(node)) return;
      const other = waiting
        .slice(i + 1, i + 1 + MOST_COMPARED)
        .find((next) => alone(next) && isNested(graph, node, next));
      if (other !== undefined) merged += merge(partner, node, other);
    });
  }
  return merged;
}

/** Whether one of two nodes has no neighbour that the other does not have. */
function isNested(graph: Graph, a: number, b: number): boolean {
  const neighbours = (node: number) => neighboursOf(graph, node);
  const [few, many] = neighbours(a).length <= neighbours(b).length ? [a, b] : [b, a];
  return neighbours(few).every((node) => edgeLabel(graph, many, node) !== undefined);
}

/** Merges the lightest with the second lightest, and so on. */
function mergeAny(clusters: Clusters, partner: Int32Array): void {
  const nodes = lightestFirst(Array.from(partner.keys()), clusters);
  for (let i = 0; i + 1 < nodes.length; i += 2) merge(partner, nodes[i]!, nodes[i + 1]!);
}

function lightestFirst(nodes: number[], { mass, keys }: Pick<Clusters, "mass" | "keys">): number[] {
  return nodes.sort((a, b) => mass[a]! - mass[b]! || keys[a]! - keys[b]!);
}

/** 1 where both were alone and now are not. */
function merge(partner: Int32Array, a: number, b: number): 0 | 1 {
  if (partner[a] !== a || partner[b] !== b) return 0;
  partner[a] = b;
  partner[b] = a;
  return 1;
}
