import { NextscaleError } from "@nextscale/engine";
import { permutation, randomStream, requireArgument, within } from "@nextscale/refinement-core";
import type { Graph } from "../graph/graph.js";
import { isomorphismClasses } from "../graph/isomorphism-index.js";

/** Parts of a data set. */
export interface GraphSplit {
  readonly train: readonly Graph[];
  readonly validation: readonly Graph[];
  readonly test: readonly Graph[];
}

/** Options of {@link splitByClass}. */
export interface SplitOptions {
  /** Integer from 0 to 2^53 - 1, or a bigint up to 2^64 - 1. */
  readonly seed: number | bigint;
  /** Share of the graphs to validate with. Default: 0.1. */
  readonly validation?: number;
  /** Share of the graphs to test with. Default: 0.2. */
  readonly test?: number;
}

const WHERE = "graphs/splitByClass";

/**
 * Splits graphs into training, validation and test so that isomorphic graphs, labels included, are in one part: classes are held out, never
 * indices, or remembering would be rewarded (half of the test graphs of community_small are in its training part). Classes come in
 * a random order; the test part is filled first, then validation, each up to its share of the graphs, and no class is divided, so a
 * part can be smaller than its share where many graphs are the same.
 *
 * @throws NextscaleError `invalid-argument` for shares outside 0 to 1 or beyond 1 together
 */
export function splitByClass(graphs: readonly Graph[], options: SplitOptions): GraphSplit {
  const { seed, validation = 0.1, test = 0.2 } = options;
  requireArgument(WHERE, "validation", validation, within(0, 1));
  requireArgument(WHERE, "test", test, within(0, 1));
  if (validation + test > 1) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: WHERE,
      expected: "validation and test to be at most 1 together",
      got: `${validation} + ${test}`,
    });
  }
  const { classOf, first } = isomorphismClasses(graphs);
  const members = Array.from(first, (): Graph[] => []);
  graphs.forEach((graph, i) => members[classOf[i]!]!.push(graph));
  const room = { test: Math.round(test * graphs.length), validation: Math.round(validation * graphs.length) };
  const parts = { train: [] as Graph[], validation: [] as Graph[], test: [] as Graph[] };
  for (const number of permutation(randomStream(seed, "graphs/data/split"), members.length)) {
    const same = members[number]!;
    const fits = (part: "test" | "validation") => parts[part].length + same.length <= room[part];
    const part = parts[fits("test") ? "test" : fits("validation") ? "validation" : "train"];
    for (const graph of same) part.push(graph);
  }
  return parts;
}
