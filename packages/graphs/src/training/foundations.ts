import { NextscaleError } from "@nextscale/engine";
import { permutation, randomStream } from "@nextscale/refinement-core";
import { codingOf, type Coding } from "../codes/encode-graph.js";
import { hasSites } from "../codes/sites.js";
import { MOST_DIVISIONS, MOST_FORMULAS, type FormulaCount, type GraphModelConfig } from "../config/config.js";
import type { GraphPreset } from "../config/presets.js";
import type { Graph } from "../graph/graph.js";
import { expand } from "../pyramid/candidates.js";
import { formulaAt, formulaOf, massOf } from "../pyramid/formula.js";
import { flatHierarchyOf, hierarchyOf, type Hierarchy } from "../pyramid/hierarchy.js";
import { drawKeys } from "../pyramid/keys.js";
import { rootLevel } from "../pyramid/level.js";
import type { LevelSize } from "./capacities.js";

/** Graphs whose splits are counted, and whose levels are measured. */
const SAMPLE = 4000;
/** What is seen less often is no rule. */
const LEAST = 2;
/** Graphs of which each formula is taken to have so many more, of the spread of all: a few say little about their spread. */
const PRIOR = 4;
/** The least spread of a property among graphs of one formula, in deviations. */
const LEAST_SPREAD = 0.05;

/** Everything of a model that is fitted before its network is trained. */
export interface Foundations {
  readonly coding: Coding;
  /** Of the levels of some graphs, each size once. */
  readonly sizes: readonly LevelSize[];
}

/**
 * Fits what a model needs to code graphs: what graphs are made of, how clusters divide, how large levels are.
 *
 * @param properties a number of each graph, in deviations from their mean, where there is one to learn
 * @param divisions lighter parts with codes of their own, of a model that goes on from another; default: those of these graphs
 * @throws NextscaleError `invalid-data` for no graphs, only graphs of one node, or labels beyond those of the configuration
 */
export function fitFoundations(
  graphs: readonly Graph[],
  settings: GraphPreset["model"],
  seed: number,
  properties?: ArrayLike<number>,
  divisions?: GraphModelConfig["divisions"],
): Foundations {
  requireGraphs(graphs, settings);
  const { nodeLabels } = settings;
  const keys = randomStream(seed, "graphs/foundations");
  const make = settings.hierarchy === "pairs" ? hierarchyOf : flatHierarchyOf;
  const chosen = permutation(keys, graphs.length).subarray(0, SAMPLE);
  const hierarchies = Array.from(chosen, (graph, item) => {
    return make(graphs[graph]!, settings, drawKeys(keys, 1 + item, graphs[graph]!.nodeCount));
  });
  const config: GraphModelConfig = {
    ...settings,
    sizes: sizesOf(graphs),
    labelShares: labelSharesOf(graphs, nodeLabels),
    formulas: formulasOf(graphs, nodeLabels, properties),
    divisions: divisions ?? (nodeLabels === 1 ? [] : divisionsOf(hierarchies, nodeLabels)),
  };
  const sizes = sizesOfLevels(hierarchies, settings.hierarchy);
  if (sizes.length === 0) throw invalid("some graphs of several nodes", "only such as leave nothing to learn");
  return { coding: codingOf(config), sizes };
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

/** Each label counts once more than it is seen: none is impossible. */
function labelSharesOf(graphs: readonly Graph[], labels: number): number[] {
  const counts = new Array<number>(labels).fill(1);
  for (const { nodeLabels } of graphs) for (const label of nodeLabels) counts[label]!++;
  const total = massOf(counts);
  return counts.map((count) => count / total);
}

/** The formulas of several graphs each, with what their property is like. */
function formulasOf(
  graphs: readonly Graph[],
  labels: number,
  properties: ArrayLike<number> | undefined,
): FormulaCount[] {
  const found = new Map<string, { readonly counts: number[]; readonly values: number[] }>();
  graphs.forEach(({ nodeLabels }, i) => {
    const counts = [...formulaOf(nodeLabels, labels)];
    const name = counts.join();
    const known = found.get(name) ?? { counts, values: [] };
    known.values.push(properties?.[i] ?? 0);
    found.set(name, known);
  });
  const kept = [...found.values()].filter(({ values }) => values.length >= LEAST).sort((a, b) => b.values.length - a.values.length).slice(0, MOST_FORMULAS); // prettier-ignore
  const spread = (values: readonly number[], mean: number) => values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  const within = kept.map(({ values }) => ({ values, mean: meanOf(values) }));
  const all = within.reduce((sum, { values, mean }) => sum + spread(values, mean), 0) / Math.max(1, within.reduce((sum, { values }) => sum + values.length, 0)); // prettier-ignore
  return kept.map(({ counts, values }) => {
    const mean = meanOf(values);
    const variance = (spread(values, mean) + PRIOR * all) / (values.length + PRIOR);
    const property = { mean, deviation: Math.max(LEAST_SPREAD, Math.sqrt(variance)) };
    return { counts, graphs: values.length, ...(properties === undefined ? {} : { property }) };
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The lighter parts of the splits of several nodes each, the most frequent first. */
function divisionsOf(hierarchies: readonly Hierarchy[], labels: number): number[][] {
  const found = new Map<string, { readonly counts: number[]; times: number }>();
  for (const { levels } of hierarchies) {
    for (const { mass, splits } of levels) {
      for (let node = 0; node < mass.length; node++) {
        const lighter = formulaAt(splits, node, labels);
        const size = massOf(lighter);
        if (size === 0 || size === mass[node]) continue;
        const name = lighter.join();
        const known = found.get(name) ?? { counts: [...lighter], times: 0 };
        known.times += 1;
        found.set(name, known);
      }
    }
  }
  return [...found.values()]
    .filter(({ times }) => times >= LEAST)
    .sort((a, b) => b.times - a.times)
    .slice(0, MOST_DIVISIONS)
    .map(({ counts }) => counts);
}

/** Sizes of the levels that there is something to learn of. */
function sizesOfLevels(hierarchies: readonly Hierarchy[], hierarchy: GraphModelConfig["hierarchy"]): LevelSize[] {
  const found = new Map<string, LevelSize>();
  for (const { levels } of hierarchies) {
    for (const coarse of [rootLevel(levels.at(-1)!.formulas), ...levels.slice(1)]) {
      const candidates = expand(coarse);
      if (!hasSites(candidates, { apart: hierarchy === "one-scale" })) continue;
      const { mass, groups } = candidates;
      const size = { nodes: mass.length, groups: groups.count };
      found.set(`${size.nodes} ${size.groups}`, size);
    }
  }
  return [...found.values()];
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where: "graphs/training", expected, got });
}
