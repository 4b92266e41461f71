import type { Graph } from "../graph/graph.js";
import { formulaOf, type Formula } from "./formula.js";
import type { LabelCounts } from "./level.js";

/** What a graph is made of: all that is known of it before its first scale. */
export interface Composition {
  readonly formula: Formula;
  /** How many edges of each label it has; nothing where that is open. */
  readonly edges?: Formula | undefined;
}

/** What a graph is made of. @param edgeCounts whether edges count */
export function compositionOf(
  { nodeLabels, edgeLabels }: Graph,
  counts: LabelCounts & { readonly edgeCounts?: boolean | undefined },
): Composition {
  const formula = formulaOf(nodeLabels, counts.nodeLabels);
  if (counts.edgeCounts !== true) return { formula };
  // A graph has the label of each edge at both of its ends.
  return { formula, edges: formulaOf(edgeLabels, counts.edgeLabels).map((ends) => ends / 2) };
}
