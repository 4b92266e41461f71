import { encode, refinementScale, walk, type HostTensor, type RandomStream } from "@nextscale/refinement-core";
import type { GraphModelConfig } from "../config/config.js";
import type { Graph } from "../graph/graph.js";
import type { Candidates } from "../pyramid/candidates.js";
import { contraction } from "../pyramid/contraction.js";
import { flatHierarchyOf, hierarchyOf } from "../pyramid/hierarchy.js";
import { drawKeys } from "../pyramid/keys.js";
import { rootLevel } from "../pyramid/level.js";
import type { Patterns } from "../pyramid/patterns.js";
import type { Codes } from "./codes.js";
import { compositionQuantiser } from "./composition-quantiser.js";

/** A level of a graph and its codes, as a walk meets them. */
export interface EncodedLevel {
  readonly candidates: Candidates;
  readonly codes: Codes;
}

/** What turns graphs into codes. */
export interface Coding {
  readonly config: GraphModelConfig;
  /** Patterns of graphs with as many edge labels. */
  readonly patterns: Patterns;
  /** Compositions that codes stand for. */
  readonly codebook: HostTensor;
  /** Composition that the walk starts from: the mean. */
  readonly start: Float32Array;
}

/** All levels of a graph, coarsest first: the walk from its root that encodes it. */
export function encodeGraph(
  graph: Graph,
  coding: Coding,
  random: { readonly stream: RandomStream; readonly item: number },
): EncodedLevel[] {
  const { config, codebook, start } = coding;
  const make = config.hierarchy === "pairs" ? hierarchyOf : flatHierarchyOf;
  const { levels } = make(graph, config.nodeLabels, drawKeys(random.stream, random.item, graph.nodeCount));
  const coarsening = contraction(coding.patterns);
  const scales = levels.map((_, i) => refinementScale(coarsening, levels.length - 1 - i));
  const policy = encode(compositionQuantiser(codebook), levels);
  const visits = [...walk(scales, rootLevel(graph.nodeCount, start), policy)];
  return visits.map(({ context, codes }) => ({ candidates: context, codes }));
}
