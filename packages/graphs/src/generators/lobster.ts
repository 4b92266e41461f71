import { NextscaleError } from "@nextscale/engine";
import type { IntegerSource } from "@nextscale/refinement-core";
import type { Edge, Graph } from "../graph/graph.js";
import { happens, inRandomOrder, unit, type SizeRange } from "./draws.js";

/** A path whose nodes may have a leg of one or two nodes. The defaults are GRAN's. */
export interface LobsterRecipe {
  readonly kind: "lobster";
  /** Nodes of the whole graph; others are drawn again. Default: 10 to 100. */
  readonly nodes?: SizeRange;
  /** Mean number of nodes of the path, which is uniform from 0 to twice that. Default: 80. */
  readonly backbone?: number;
  /** Probability that a node of the path has a leg. Default: 0.7. */
  readonly leg?: number;
  /** Probability that a leg has a second node. Default: 0.7. */
  readonly foot?: number;
}

/** More than enough: with the defaults a quarter of the tries has 10 to 100 nodes. */
const MOST_TRIES = 1000;

/**
 * Draws a lobster as networkx did when GRAN used it (`random_lobster` of networkx 2: one leg a node at most, while networkx 3 has any
 * number), and again until its size is within the range.
 *
 * @throws NextscaleError `invalid-argument` for a range that no lobster of this backbone comes into
 */
export function drawLobster(draw: IntegerSource, recipe: Required<LobsterRecipe>): Graph {
  const [least, most] = recipe.nodes;
  for (let i = 0; i < MOST_TRIES; i++) {
    const { count, edges } = lobster(draw, recipe);
    if (count >= least && count <= most) return inRandomOrder(draw, count, edges);
  }
  throw new NextscaleError({
    code: "invalid-argument",
    where: "graphs/generateGraph",
    expected: `lobsters of ${least} to ${most} nodes`,
    got: `none in ${MOST_TRIES} with a backbone of ${recipe.backbone} nodes on average`,
    fix: "change the backbone or the range",
  });
}

function lobster(
  draw: IntegerSource,
  { backbone, leg, foot }: Required<LobsterRecipe>,
): { readonly count: number; readonly edges: readonly Edge[] } {
  const length = Math.floor(2 * unit(draw) * backbone + 0.5);
  const edges = Array.from({ length: Math.max(0, length - 1) }, (_, v): Edge => [v, v + 1]);
  let count = length;
  for (let v = 0; v < length; v++) {
    if (!happens(draw, leg)) continue;
    edges.push([v, count++]);
    if (happens(draw, foot)) edges.push([count - 1, count++]);
  }
  return { count, edges };
}
