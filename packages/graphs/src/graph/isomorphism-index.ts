import { keyOf, refineColours } from "./colour-refinement.js";
import type { Graph } from "./graph.js";
import { requireBudget, searchColoured, type ColouredGraph, type IsomorphismOptions } from "./isomorphism.js";

/** Where a graph was met before. */
export interface IndexMatch {
  /** Number of the isomorphic graph, from 0 in the order in which graphs were kept; undefined when there is none. */
  readonly match: number | undefined;
  /** The budget ran out before the match was proved: it counts as one. */
  readonly undecided: boolean;
}

/** Graphs of which no two are isomorphic, to look others up in. It grows. */
export interface IsomorphismIndex {
  /** Number of graphs kept. */
  readonly size: () => number;
  /** Looks a graph up. */
  readonly find: (graph: Graph) => IndexMatch;
  /** Looks a graph up and keeps it when it is new; a new one has the number `size() - 1` afterwards. */
  readonly add: (graph: Graph) => IndexMatch;
}

/**
 * An index without a graph. A graph is compared only with those of its key (see {@link graphKey}): looking it up takes about as
 * long as refining its colours.
 *
 * @param options.budget of each comparison
 * @throws NextscaleError `invalid-argument` for a budget that is no number of steps
 */
export function isomorphismIndex(options: IsomorphismOptions = {}): IsomorphismIndex {
  const budget = requireBudget(options.budget);
  const byKey = new Map<string, (ColouredGraph & { readonly index: number })[]>();
  let size = 0;
  const look = (graph: Graph): IndexMatch & { readonly key: string; readonly coloured: ColouredGraph } => {
    const coloured = { graph, colouring: refineColours(graph) };
    const key = keyOf(graph, coloured.colouring);
    let unproved: number | undefined;
    for (const other of byKey.get(key) ?? []) {
      const { kind } = searchColoured(coloured, other, budget);
      if (kind === "isomorphic") return { match: other.index, undecided: false, key, coloured };
      if (kind === "undecided") unproved ??= other.index;
    }
    return { match: unproved, undecided: unproved !== undefined, key, coloured };
  };
  return {
    size: () => size,
    find(graph) {
      const { match, undecided } = look(graph);
      return { match, undecided };
    },
    add(graph) {
      const { match, undecided, key, coloured } = look(graph);
      if (match === undefined) {
        const same = byKey.get(key) ?? [];
        byKey.set(key, same);
        same.push({ ...coloured, index: size++ });
      }
      return { match, undecided };
    },
  };
}

/** Graphs sorted by isomorphism. */
export interface IsomorphismClasses {
  /** Class of each graph, numbered from 0 in the order of their first graphs. */
  readonly classOf: Int32Array;
  /** The first graph of each class. */
  readonly first: Int32Array;
  /** Graphs that share a class because the budget ran out. */
  readonly undecided: number;
}

/**
 * The isomorphism classes of a set of graphs, labels included. To free a data set of duplicates keep `first`; do it before the
 * set is split, or test graphs have been trained on.
 *
 * @throws NextscaleError `invalid-argument` for a budget that is no number of steps
 */
export function isomorphismClasses(graphs: readonly Graph[], options: IsomorphismOptions = {}): IsomorphismClasses {
  const index = isomorphismIndex(options);
  const first: number[] = [];
  let undecided = 0;
  const classOf = Int32Array.from(graphs, (graph, i) => {
    const found = index.add(graph);
    if (found.undecided) undecided += 1;
    if (found.match !== undefined) return found.match;
    return first.push(i) - 1;
  });
  return { classOf, first: Int32Array.from(first), undecided };
}
