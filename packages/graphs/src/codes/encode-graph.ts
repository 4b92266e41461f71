import { encode, identityQuantiser, refinementScale, walk, type RandomStream } from "@nextscale/refinement-core";
import type { GraphModelConfig } from "../config/config.js";
import type { Graph } from "../graph/graph.js";
import type { Candidates } from "../pyramid/candidates.js";
import type { Codes } from "../pyramid/codes.js";
import { contraction } from "../pyramid/contraction.js";
import { formulaOf } from "../pyramid/formula.js";
import { flatHierarchyOf, hierarchyOf } from "../pyramid/hierarchy.js";
import { drawKeys } from "../pyramid/keys.js";
import { rootLevel } from "../pyramid/level.js";
import { patternsOf, type Patterns } from "../pyramid/patterns.js";
import { splitCodes, type SplitCodes } from "./split-codes.js";

/** A level of a graph and its codes, as a walk meets them. */
export interface EncodedLevel {
  readonly candidates: Candidates;
  readonly codes: Codes;
}

/** What turns graphs into codes. */
export interface Coding {
  readonly config: GraphModelConfig;
  readonly patterns: Patterns;
  readonly splits: SplitCodes;
}

/** The coding of a configuration. */
export function codingOf(config: GraphModelConfig): Coding {
  return { config, patterns: patternsOf(config.edgeLabels), splits: splitCodes(config.divisions) };
}

/** All levels of a graph, coarsest first: the walk from its root that encodes it. */
export function encodeGraph(
  graph: Graph,
  { config, patterns }: Coding,
  random: { readonly stream: RandomStream; readonly item: number },
): EncodedLevel[] {
  const make = config.hierarchy === "pairs" ? hierarchyOf : flatHierarchyOf;
  const { levels } = make(graph, config, drawKeys(random.stream, random.item, graph.nodeCount));
  const coarsening = contraction(patterns);
  const scales = levels.map((_, i) => refinementScale(coarsening, levels.length - 1 - i));
  const root = rootLevel(formulaOf(graph.nodeLabels, config.nodeLabels));
  const visits = [...walk(scales, root, encode(identityQuantiser<Codes>(), levels))];
  return visits.map(({ context, codes }) => ({ candidates: context, codes }));
}
