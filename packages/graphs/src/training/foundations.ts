import { NextscaleError } from "@nextscale/engine";
import { kMeans, permutation, randomStream, type HostTensor } from "@nextscale/refinement-core";
import type { GraphModelConfig } from "../config/config.js";
import type { Graph } from "../graph/graph.js";
import { flatHierarchyOf, hierarchyOf, type Hierarchy } from "../pyramid/hierarchy.js";
import { drawKeys } from "../pyramid/keys.js";
import { expand } from "../pyramid/candidates.js";
import { rootLevel } from "../pyramid/level.js";
import { patternsOf } from "../pyramid/patterns.js";
import type { Coding } from "../codes/encode-graph.js";
import type { Capacity } from "../refiner/inputs.js";

/** Graphs that compositions are clustered for, and that capacities are measured on. */
const SAMPLE = 2000;
/** Capacity over what was seen, in groups: other keys make other levels. */
const MARGIN = 1.25;

/** Everything of a model that is fitted before its network is trained. */
export interface Foundations {
  readonly coding: Coding;
  /** Sizes that every level of every graph fits in, as far as was seen; the training leaves out levels that do not. */
  readonly capacity: Omit<Capacity, "items">;
}

/**
 * Fits what a model needs to code graphs: the codes of compositions, the mean composition, how large levels are.
 *
 * @throws NextscaleError `invalid-data` for no graphs, or labels beyond those of the configuration
 */
export function fitFoundations(
  graphs: readonly Graph[],
  settings: Omit<GraphModelConfig, "sizes">,
  seed: number,
): Foundations {
  requireGraphs(graphs, settings);
  const config: GraphModelConfig = { ...settings, sizes: sizesOf(graphs) };
  const { nodeLabels } = settings;
  const keys = randomStream(seed, "graphs/foundations");
  const make = settings.hierarchy === "pairs" ? hierarchyOf : flatHierarchyOf;
  const chosen = permutation(keys, graphs.length).subarray(0, SAMPLE);
  const hierarchies = Array.from(chosen, (graph, item) => {
    return make(graphs[graph]!, nodeLabels, drawKeys(keys, 1 + item, graphs[graph]!.nodeCount));
  });
  const start = meanComposition(hierarchies, nodeLabels);
  return {
    coding: {
      config,
      patterns: patternsOf(config.edgeLabels),
      start,
      codebook: fitCodebook(hierarchies, start, config, seed),
    },
    capacity: {
      nodes: config.sizes.length - 1,
      groups: Math.ceil((MARGIN * Math.max(...hierarchies.map(mostGroups))) / 4) * 4,
    },
  };
}

function requireGraphs(
  graphs: readonly Graph[],
  { nodeLabels, edgeLabels }: Pick<GraphModelConfig, "nodeLabels" | "edgeLabels">,
): void {
  if (graphs.length === 0) throw invalid("graphs to learn from", "none");
  graphs.forEach((graph, i) => {
    if (graph.nodeCount === 0) throw invalid("graphs with nodes", `none in graph ${i}`);
    if (graph.nodeLabels.some((label) => label >= nodeLabels))
      throw invalid(`node labels below ${nodeLabels}`, `another in graph ${i}`);
    if (graph.edgeLabels.some((label) => label >= edgeLabels))
      throw invalid(`edge labels below ${edgeLabels}`, `another in graph ${i}`);
  });
}

function sizesOf(graphs: readonly Graph[]): number[] {
  const largest = graphs.reduce((most, { nodeCount }) => Math.max(most, nodeCount), 0);
  const sizes = new Array<number>(1 + largest).fill(0);
  for (const { nodeCount } of graphs) sizes[nodeCount]!++;
  return sizes;
}

/** Mean over graphs, not nodes: of the roots. */
function meanComposition(hierarchies: readonly Hierarchy[], labels: number): Float32Array {
  const sums = new Float64Array(labels);
  for (const { levels } of hierarchies) levels.at(-1)!.composition.forEach((share, label) => (sums[label]! += share));
  return Float32Array.from(sums, (sum) => sum / hierarchies.length);
}

/** k-means of compositions against the parent's, at all levels but the finest. */
function fitCodebook(
  hierarchies: readonly Hierarchy[],
  start: Float32Array,
  { compositions, nodeLabels }: GraphModelConfig,
  seed: number,
): HostTensor {
  const differences: number[] = [];
  for (const { levels } of hierarchies) {
    for (let k = levels.length - 1; k >= 1; k--) {
      const { composition } = levels[k]!;
      const guess = k === levels.length - 1 ? start : expand(levels[k + 1]!).composition;
      composition.forEach((share, at) => differences.push(share - guess[at]!));
    }
  }
  if (differences.length === 0)
    return { shape: [compositions, nodeLabels], data: new Float32Array(compositions * nodeLabels) };
  const stream = randomStream(seed, "graphs/compositions");
  return kMeans(Float32Array.from(differences), nodeLabels, { vocabulary: compositions, stream }).means;
}

function mostGroups({ levels }: Hierarchy): number {
  const root = rootLevel(levels.at(-1)!.mass[0]!, levels.at(-1)!.composition);
  return Math.max(expand(root).groups.count, ...levels.slice(1).map((level) => expand(level).groups.count));
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where: "graphs/training", expected, got });
}
