import type { Coarsening } from "../../src/pyramid/coarsening.js";

/**
 * A graph whose nodes are clusters of `mass` original nodes. `weights` counts the original edges between two clusters,
 * by `pairKey`. Priorities break ties and order the parts of a cluster, so that nothing but the numbering of clusters
 * depends on the numbering of nodes.
 */
export interface ClusterGraph {
  readonly mass: readonly number[];
  /** Mean over the cluster of a feature of the original nodes. */
  readonly feature: readonly number[];
  readonly weights: ReadonlyMap<string, number>;
  /** Known where a graph is encoded; all zero in a graph made of codes, which nothing contracts. */
  readonly priority: readonly number[];
}

/** What a coarser graph does not say: which nodes split and how their parts are joined. Integers but for the feature. */
export interface SplitResidual {
  /** For each coarse node the masses of its parts: one or two. */
  readonly parts: readonly (readonly number[])[];
  /** For each coarse node the edges between its two parts. */
  readonly inside: readonly number[];
  /** For each coarse edge, by its key, the edges between the parts of its ends: [a0b0, a0b1, a1b0, a1b1]. */
  readonly blocks: ReadonlyMap<string, readonly number[]>;
  /** For each part the feature less its parent's. */
  readonly feature: readonly number[];
}

export const pairKey = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);
const endsOf = (key: string): [number, number] => key.split("-").map(Number) as [number, number];
const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

/** Clusters of one or two nodes: heaviest edges first, then (disconnected rests) any two, by priority. */
export function heavyEdgeMatching(graph: ClusterGraph): readonly (readonly number[])[] {
  const { priority, weights } = graph;
  const rank = ([a, b]: [number, number]) => priority[a]! + priority[b]!;
  const edges = [...weights.keys()].map(endsOf).sort((p, q) => {
    return weights.get(pairKey(...q))! - weights.get(pairKey(...p))! || rank(p) - rank(q);
  });
  const free = new Set(priority.keys());
  const clusters: number[][] = [];
  const merge = (a: number, b: number) => {
    free.delete(a);
    free.delete(b);
    clusters.push([a, b].sort((p, q) => priority[p]! - priority[q]!));
  };
  for (const [a, b] of edges) if (free.has(a) && free.has(b)) merge(a, b);
  const rest = [...free].sort((p, q) => priority[p]! - priority[q]!);
  if (clusters.length === 0 && rest.length > 1) merge(rest[0]!, rest[1]!);
  clusters.push(...rest.filter((node) => free.has(node)).map((node) => [node]));
  return clusters.sort((p, q) => Math.min(...p) - Math.min(...q));
}

/** Node pairs contracted along a matching, as a coarsening whose finer topology is in the residual. */
export const pairContraction: Coarsening<ClusterGraph, SplitResidual> = {
  coarsen(fine) {
    const clusters = heavyEdgeMatching(fine);
    const parent = parents(clusters);
    const weights = new Map<string, number>();
    for (const [key, weight] of fine.weights) {
      const [a, b] = endsOf(key).map((node) => parent[node]!) as [number, number];
      if (a !== b) weights.set(pairKey(a, b), (weights.get(pairKey(a, b)) ?? 0) + weight);
    }
    const mass = clusters.map((nodes) => sum(nodes.map((node) => fine.mass[node]!)));
    return {
      mass,
      feature: clusters.map((nodes, i) => sum(nodes.map((n) => fine.mass[n]! * fine.feature[n]!)) / mass[i]!),
      weights,
      priority: clusters.map((nodes) => fine.priority[nodes[0]!]!),
    };
  },
  expand: (coarse) => coarse,
  subtract(fine, guess) {
    const clusters = heavyEdgeMatching(fine);
    const weight = (a: number | undefined, b: number | undefined) =>
      a === undefined || b === undefined ? 0 : (fine.weights.get(pairKey(a, b)) ?? 0);
    return {
      parts: clusters.map((nodes) => nodes.map((node) => fine.mass[node]!)),
      inside: clusters.map(([a, b]) => weight(a, b)),
      blocks: new Map(
        [...guess.weights.keys()].map((key) => {
          const [a, b] = endsOf(key).map((node) => clusters[node]!) as [number[], number[]];
          return [key, [weight(a[0], b[0]), weight(a[0], b[1]), weight(a[1], b[0]), weight(a[1], b[1])]];
        }),
      ),
      feature: clusters.flatMap((nodes, i) => nodes.map((node) => fine.feature[node]! - guess.feature[i]!)),
    };
  },
  add(guess, { parts, inside, blocks, feature }) {
    const first = parts.map((_, i) => sum(parts.slice(0, i).map(({ length }) => length)));
    const weights = new Map<string, number>();
    const join = (a: number, b: number, weight: number) => weight > 0 && weights.set(pairKey(a, b), weight);
    inside.forEach((weight, i) => join(first[i]!, first[i]! + 1, weight));
    for (const [key, block] of blocks) {
      const [a, b] = endsOf(key);
      block.forEach((weight, i) => join(first[a]! + (i >> 1), first[b]! + (i & 1), weight));
    }
    const parent = parts.flatMap((list, i) => list.map(() => i));
    return {
      mass: parts.flat(),
      feature: feature.map((offset, i) => guess.feature[parent[i]!]! + offset),
      weights,
      priority: parent.map(() => 0),
    };
  },
};

/** The graph with its nodes numbered so that every cluster of every level is a run: what makes levels line up. */
export function inHierarchicalOrder(graph: ClusterGraph): ClusterGraph {
  const order = hierarchicalOrder(graph);
  const place = new Map(order.map((node, i) => [node, i]));
  return {
    mass: order.map((node) => graph.mass[node]!),
    feature: order.map((node) => graph.feature[node]!),
    priority: order.map((node) => graph.priority[node]!),
    weights: new Map(
      [...graph.weights].map(([key, weight]) => {
        const [a, b] = endsOf(key);
        return [pairKey(place.get(a)!, place.get(b)!), weight];
      }),
    ),
  };
}

function hierarchicalOrder(graph: ClusterGraph): readonly number[] {
  if (graph.mass.length === 1) return [0];
  const clusters = heavyEdgeMatching(graph);
  return hierarchicalOrder(pairContraction.coarsen(graph, 0)).flatMap((cluster) => clusters[cluster]!);
}

function parents(clusters: readonly (readonly number[])[]): readonly number[] {
  const parent: number[] = [];
  clusters.forEach((nodes, i) => nodes.forEach((node) => (parent[node] = i)));
  return parent;
}
