import { NextscaleError } from "@nextscale/engine";
import { graphKey } from "../graph/colour-refinement.js";
import type { Graph } from "../graph/graph.js";
import { areIsomorphic } from "../graph/isomorphism.js";

/** When two graphs are the same graph. */
export interface GraphIdentity {
  /** The same for graphs that are the same; others may share it, which costs time only. */
  readonly key: (graph: Graph) => string | number | bigint;
  /** Asked only of graphs that have one key. */
  readonly equal: (a: Graph, b: Graph) => boolean;
}

/** Two graphs are the same when they are isomorphic, labels included. */
export const BY_ISOMORPHISM: GraphIdentity = { key: graphKey, equal: areIsomorphic };

/** Tells whether a graph was seen before, and which class it is of: classes are numbered from 0 as they appear. */
export interface ClassFinder {
  /** Number of classes so far. */
  readonly count: () => number;
  /** The number of a graph's class, a new one where no graph of it was seen. */
  readonly classOf: (graph: Graph) => number;
}

/** A finder that has seen nothing yet. */
export function classFinder({ key, equal }: GraphIdentity): ClassFinder {
  const byKey = new Map<string | number | bigint, { readonly graph: Graph; readonly number: number }[]>();
  let count = 0;
  return {
    count: () => count,
    classOf(graph) {
      const of = key(graph);
      const known = byKey.get(of) ?? [];
      const same = known.find((other) => equal(other.graph, graph));
      if (same !== undefined) return same.number;
      byKey.set(of, [...known, { graph, number: count }]);
      return count++;
    },
  };
}

/** The class of each graph: graphs that are the same have one class. Numbered from 0 in the order of first appearance. */
export function classesOf(
  graphs: readonly Graph[],
  identity: GraphIdentity,
): { readonly classes: Int32Array; readonly count: number } {
  const finder = classFinder(identity);
  const classes = Int32Array.from(graphs, finder.classOf);
  return { classes, count: finder.count() };
}

/** The first graph of each class, in their order. */
export function deduplicated(graphs: readonly Graph[], identity: GraphIdentity): Graph[] {
  const finder = classFinder(identity);
  return graphs.filter((graph) => {
    const before = finder.count();
    return finder.classOf(graph) === before;
  });
}

/** @throws NextscaleError `invalid-argument` unless the identity is one */
export function requireIdentity(where: string, identity: unknown): void {
  const { key, equal } = (identity ?? {}) as Partial<GraphIdentity>;
  if (typeof key === "function" && typeof equal === "function") return;
  throw new NextscaleError({
    code: "invalid-argument",
    where,
    expected: "identity to be { key, equal }, functions that say which graphs are the same",
    got: identity === undefined ? "none" : typeof identity,
  });
}
