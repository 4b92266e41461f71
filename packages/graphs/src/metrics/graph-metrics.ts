import { NextscaleError } from "@nextscale/engine";
import type { Graph } from "../graph/graph.js";
import { describeGraph, type GraphDescriptors, type GraphStatistic } from "./descriptors.js";
import { KERNEL_SETS, type Kernel, type KernelSet } from "./kernels.js";

/**
 * Squared maximum mean discrepancies between two sets of graphs, by statistic: mean k(x, x′) + mean k(y, y′) − 2 mean k(x, y)
 * over all pairs, an item with itself included. Biased upwards, never rooted, as published.
 */
export interface GraphDistances {
  /** Of degree histograms. */
  readonly degree: number;
  /** Of histograms of the local clustering coefficient. */
  readonly clustering: number;
  /** Of mean counts of the 15 orbits of up to four nodes. */
  readonly orbit: number;
  /** Of histograms of the normalised Laplacian's eigenvalues. */
  readonly spectral: number;
  /** Of histograms of wavelet energies; only in the kernels `"spectre"`. */
  readonly wavelet?: number;
}

/** Distances fitted on a reference set. */
export interface GraphMetrics {
  readonly kernels: KernelSet;
  /**
   * Distances of graphs from the reference. Empty graphs are left out, as published: count them elsewhere. Takes time with
   * the product of the two numbers of graphs, and with the cube of the nodes of each graph.
   *
   * @throws NextscaleError `invalid-argument` when no graph has nodes, one has more than 2,000, or one is too dense to count orbits
   */
  readonly compare: (samples: readonly Graph[]) => GraphDistances;
}

/**
 * Distances from a reference set, whose vectors are computed once.
 *
 * Formulas: SPECTRE (Martinkus et al. 2022) and Bergmeister et al. (2024) for `"spectre"`, GraphRNN (You et al. 2018) as GDSS (Jo et al.
 * 2022) has it for `"graphrnn"`. Published figures take the test graphs as the reference.
 *
 * @throws NextscaleError `invalid-argument` when no graph has nodes, one has more than 2,000, or one is too dense to count orbits
 */
export function fitGraphMetrics(reference: readonly Graph[], kernels: KernelSet): GraphMetrics {
  const distances = fitDescribed(describeGraphs(reference, kernels), kernels);
  return { kernels, compare: (samples) => distances(describeGraphs(samples, kernels)) };
}

/** Vectors of each graph with nodes. */
export function describeGraphs(graphs: readonly Graph[], kernels: KernelSet): readonly GraphDescriptors[] {
  const set = Object.hasOwn(KERNEL_SETS, kernels) ? KERNEL_SETS[kernels] : undefined;
  if (set === undefined) throw invalid(`kernels "spectre" or "graphrnn"`, String(kernels));
  const withNodes = graphs.filter(({ nodeCount }) => nodeCount > 0);
  if (withNodes.length === 0) {
    throw invalid("graphs with nodes", graphs.length === 0 ? "no graph" : `${graphs.length} without a node`);
  }
  const statistics = set.map(([statistic]) => statistic);
  return withNodes.map((graph) => describeGraph(graph, statistics));
}

/** Distances of described graphs from a described reference. */
export function fitDescribed(
  reference: readonly GraphDescriptors[],
  kernels: KernelSet,
): (samples: readonly GraphDescriptors[]) => GraphDistances {
  const fitted = KERNEL_SETS[kernels].map(([statistic, kernel]) => {
    const x = reference.map((descriptors) => descriptors[statistic]!);
    return { statistic, kernel, x, within: meanWithin(x, kernel) };
  });
  return (samples) => {
    const values: Partial<Record<GraphStatistic, number>> = {};
    for (const { statistic, kernel, x, within } of fitted) {
      const y = samples.map((descriptors) => descriptors[statistic]!);
      values[statistic] = within + meanWithin(y, kernel) - 2 * meanBetween(x, y, kernel);
    }
    return values as GraphDistances;
  };
}

/** The statistics of a set of kernels, as printed. */
export function statisticsOf(kernels: KernelSet): readonly GraphStatistic[] {
  return KERNEL_SETS[kernels].map(([statistic]) => statistic);
}

/** Mean over all pairs of a set, an item with itself included, where k is 1. */
function meanWithin(x: readonly Float64Array[], kernel: Kernel): number {
  let above = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = i + 1; j < x.length; j++) above += kernel(x[i]!, x[j]!);
  }
  return (x.length + 2 * above) / (x.length * x.length);
}

function meanBetween(x: readonly Float64Array[], y: readonly Float64Array[], kernel: Kernel): number {
  let sum = 0;
  for (const one of x) for (const other of y) sum += kernel(one, other);
  return sum / (x.length * y.length);
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "graphs/fitGraphMetrics", expected, got });
}
