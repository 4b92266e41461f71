import { NextscaleError } from "@nextscale/engine";
import { permutation, type RandomStream } from "@nextscale/refinement-core";
import type { Graph } from "../graph/graph.js";
import type { GraphDescriptors, GraphStatistic } from "./descriptors.js";
import { distanceRatio, type DistanceRatio } from "./distance-ratio.js";
import { describeGraphs, fitDescribed, statisticsOf, type GraphDistances } from "./graph-metrics.js";
import type { KernelSet } from "./kernels.js";
import { uniqueNovel, validUniqueNovel, type UniqueNovelReport, type VunReport } from "./valid-unique-novel.js";

/** What generated graphs are measured against, and how. */
export interface GraphReference {
  /** What the generator was trained on. */
  readonly train: readonly Graph[];
  /** What it was not: the reference of all distances. */
  readonly test: readonly Graph[];
  readonly kernels: KernelSet;
  /** Whether a graph is of the kind that was to be generated; without it nothing is said about validity. */
  readonly isValid?: (graph: Graph) => boolean;
  /** Draws real graphs for the floor. */
  readonly stream: RandomStream;
  /** Steps of each search for an isomorphism, see {@link IsomorphismOptions}. */
  readonly budget?: number;
}

/** What an evaluation of generated graphs needs. */
export interface EvaluateGraphsOptions extends GraphReference {
  readonly samples: readonly Graph[];
}

/** An evaluation, fitted on a reference. */
export interface GraphEvaluation {
  /**
   * Measures generated graphs against the reference.
   *
   * @throws NextscaleError `invalid-argument` for samples without a graph that has nodes, or with one of more than 2,000 nodes or too dense
   *   for its orbits to be counted
   */
  score(samples: readonly Graph[]): GraphReport;
}

/** How many graphs, and how many of them have no node and are left out of distances. */
export interface SetSize {
  readonly graphs: number;
  readonly empty: number;
}

/** A mean over draws, and the standard deviation of one draw. */
export interface Spread {
  readonly mean: number;
  readonly standardDeviation: number;
}

/** What real graphs score. */
export interface GraphFloors {
  /** Distances of all training graphs from the test graphs. */
  readonly train: GraphDistances;
  /** As many training graphs as there are samples, drawn again and again, against the test graphs. */
  readonly subsets: {
    readonly draws: number;
    /** Graphs in each draw: the number of samples with nodes, or all training graphs where they are fewer. */
    readonly graphs: number;
    readonly distances: Readonly<Partial<Record<GraphStatistic, Spread>>>;
    /** Null where all statistics are excluded. */
    readonly ratio: Spread | null;
  };
  /** The test graphs in the place of samples: less than 100 % novel means that the split is not clean. */
  readonly test: VunReport | UniqueNovelReport;
}

/** Scores of generated graphs with what real graphs score beside them. Plain data, to be saved as JSON. */
export interface GraphReport {
  readonly kernels: KernelSet;
  readonly sizes: { readonly samples: SetSize; readonly train: SetSize; readonly test: SetSize };
  /** Distances of the samples from the test graphs. */
  readonly distances: GraphDistances;
  readonly ratio: DistanceRatio;
  readonly vun: VunReport | UniqueNovelReport;
  readonly floors: GraphFloors;
}

/** Enough to know the mean of a floor to a quarter of its spread. */
const DRAWS = 20;

/**
 * Fits an evaluation on a reference: real graphs are described, and measured in the place of samples, once for all samples.
 *
 * @throws NextscaleError `invalid-argument` for training or test graphs without a graph that has nodes, for graphs of more than 2,000 nodes
 *   or too dense for their orbits to be counted, for unknown kernels, or a budget that is no number of steps
 */
export function fitGraphEvaluation(reference: GraphReference): GraphEvaluation {
  const { train, test, kernels, stream, isValid, budget } = reference;
  const describe = (what: string, graphs: readonly Graph[]): readonly GraphDescriptors[] => {
    if (graphs.some(({ nodeCount }) => nodeCount > 0)) return describeGraphs(graphs, kernels);
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs/evaluateGraphs",
      expected: `${what} with nodes`,
      got: graphs.length === 0 ? "none" : `${graphs.length} without a node`,
    });
  };
  const novelty = (samples: readonly Graph[]): VunReport | UniqueNovelReport => {
    const sets = { samples, train, ...(budget === undefined ? {} : { budget }) };
    return isValid === undefined ? uniqueNovel(sets) : validUniqueNovel({ ...sets, isValid });
  };
  const trained = describe("training graphs", train);
  const distancesOf = fitDescribed(describe("test graphs", test), kernels);
  const trainDistances = distancesOf(trained);
  const testInPlace = novelty(test);
  const subsets = new Map<number, GraphFloors["subsets"]>();
  const subsetsOf = (graphs: number): GraphFloors["subsets"] => {
    const found = subsets.get(graphs);
    if (found !== undefined) return found;
    const draws = Array.from({ length: DRAWS }, (_, item) => {
      const chosen = permutation(stream, trained.length, { item }).subarray(0, graphs);
      return distancesOf(Array.from(chosen, (index) => trained[index]!));
    });
    const scores = { draws: DRAWS, graphs, ...subsetScores(draws, trainDistances, kernels) };
    subsets.set(graphs, scores);
    return scores;
  };
  return {
    score(samples) {
      const described = describe("samples", samples);
      const distances = distancesOf(described);
      return {
        kernels,
        sizes: { samples: sizeOf(samples), train: sizeOf(train), test: sizeOf(test) },
        distances,
        ratio: distanceRatio(distances, trainDistances),
        vun: novelty(samples),
        floors: {
          train: trainDistances,
          subsets: subsetsOf(Math.min(described.length, trained.length)),
          test: testInPlace,
        },
      };
    },
  };
}

/**
 * Measures generated graphs, and real ones in their place.
 *
 * @throws NextscaleError as {@link fitGraphEvaluation}, which is for several sets of samples, and its `score`
 */
export function evaluateGraphs({ samples, ...reference }: EvaluateGraphsOptions): GraphReport {
  return fitGraphEvaluation(reference).score(samples);
}

function subsetScores(
  draws: readonly GraphDistances[],
  train: GraphDistances,
  kernels: KernelSet,
): Pick<GraphFloors["subsets"], "distances" | "ratio"> {
  const distances = statisticsOf(kernels).map(
    (statistic) => [statistic, spreadOf(draws.map((draw) => draw[statistic]!))] as const,
  );
  const ratios = draws.map((draw) => distanceRatio(draw, train).mean).filter((ratio) => ratio !== null);
  return { distances: Object.fromEntries(distances), ratio: ratios.length === 0 ? null : spreadOf(ratios) };
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardDeviation: Math.sqrt(squares / (values.length - 1)) };
}

function sizeOf(graphs: readonly Graph[]): SetSize {
  return { graphs: graphs.length, empty: graphs.filter(({ nodeCount }) => nodeCount === 0).length };
}
