import { NextscaleError } from "@nextscale/engine";
import type { Graph } from "../graph/graph.js";
import { isomorphismIndex, type IsomorphismIndex } from "../graph/isomorphism-index.js";
import { shareOf, type Share } from "./share.js";

/** What is asked of samples. */
export interface VunOptions {
  readonly samples: readonly Graph[];
  /** What the generator was trained on. */
  readonly train: readonly Graph[];
  /** Whether a sample is of the kind that was to be generated. */
  readonly isValid: (graph: Graph) => boolean;
  /** Steps of each search for an isomorphism, see {@link IsomorphismOptions}. */
  readonly budget?: number;
}

/** Samples that are valid, unique and novel. Every share is of all samples. */
export interface VunReport extends UniqueNovelReport {
  readonly valid: Share;
  /** All three: the headline figure, V.U.N. */
  readonly validUniqueNovel: Share;
}

/** Samples that are unique and novel. Every share is of all samples. */
export interface UniqueNovelReport {
  /** Not isomorphic to an earlier sample, so that one of each class counts. */
  readonly unique: Share;
  /** Not isomorphic to a training graph. */
  readonly novel: Share;
  readonly uniqueNovel: Share;
  /** Samples that count as a copy because a search ran out of budget: with more, unique and novel can only rise. */
  readonly undecided: number;
}

/**
 * V.U.N.: of all samples, those that are valid, no copy of an earlier sample, and no copy of a training graph. Copies are
 * isomorphic graphs with the same labels.
 *
 * @throws NextscaleError `invalid-argument` for no samples, no training graphs, or a budget that is no number of steps
 */
export function validUniqueNovel({ isValid, ...options }: VunOptions): VunReport {
  const seen = observe(options);
  const valid = options.samples.map((graph) => isValid(graph));
  return {
    valid: share(valid),
    ...summary(seen),
    validUniqueNovel: share(seen.map(({ unique, novel }, i) => unique && novel && valid[i]!)),
  };
}

/**
 * The same for graphs of which it is not known what makes them valid.
 *
 * @throws NextscaleError `invalid-argument` for no samples, no training graphs, or a budget that is no number of steps
 */
export function uniqueNovel(options: Omit<VunOptions, "isValid">): UniqueNovelReport {
  return summary(observe(options));
}

interface Observed {
  readonly unique: boolean;
  readonly novel: boolean;
  readonly undecided: boolean;
}

function observe({ samples, train, budget }: Omit<VunOptions, "isValid">): readonly Observed[] {
  requireGraphs("samples", samples);
  requireGraphs("training graphs", train);
  const options = budget === undefined ? {} : { budget };
  const earlier = isomorphismIndex(options);
  const trained = indexOf(train, isomorphismIndex(options));
  return samples.map((graph) => {
    const [again, copied] = [earlier.add(graph), trained.find(graph)];
    return {
      unique: again.match === undefined,
      novel: copied.match === undefined,
      undecided: again.undecided || copied.undecided,
    };
  });
}

function indexOf(graphs: readonly Graph[], index: IsomorphismIndex): IsomorphismIndex {
  for (const graph of graphs) index.add(graph);
  return index;
}

function summary(seen: readonly Observed[]): UniqueNovelReport {
  return {
    unique: share(seen.map(({ unique }) => unique)),
    novel: share(seen.map(({ novel }) => novel)),
    uniqueNovel: share(seen.map(({ unique, novel }) => unique && novel)),
    undecided: seen.filter(({ undecided }) => undecided).length,
  };
}

function share(flags: readonly boolean[]): Share {
  return shareOf(flags.filter(Boolean).length, flags.length);
}

function requireGraphs(what: string, graphs: readonly Graph[]): void {
  if (graphs.length > 0) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "graphs/validUniqueNovel",
    expected: what,
    got: "none",
  });
}
