import type { IntegerSource } from "@nextscale/refinement-core";
import type { Edge, Graph } from "../graph/graph.js";
import { between, firstConnected, happens, inRandomOrder, type SizeRange } from "./draws.js";

/** A stochastic block model: nodes in blocks, edges likelier inside than between them. The defaults are SPECTRE's. */
export interface BlockModelRecipe {
  readonly kind: "sbm";
  /** Number of blocks. Default: 2 to 5. */
  readonly blocks?: SizeRange;
  /** Nodes of each block. Default: 20 to 40. */
  readonly blockNodes?: SizeRange;
  /** Probability of an edge inside a block. Default: 0.3. */
  readonly inside?: number;
  /** Probability of an edge between two blocks. Default: 0.005. */
  readonly between?: number;
}

/** Draws sizes and edges until the graph is connected, as Bergmeister's `generate_sbm_graphs` does. */
export function drawBlockModel(draw: IntegerSource, recipe: Required<BlockModelRecipe>): Graph {
  const nodes = recipe.blocks[1] * recipe.blockNodes[1];
  return firstConnected("graphs/generateGraph", nodes ** 2 / 2, () => {
    const sizes = Array.from({ length: between(draw, recipe.blocks) }, () => between(draw, recipe.blockNodes));
    const blockOf = sizes.flatMap((size, block) => new Array<number>(size).fill(block));
    return inRandomOrder(
      draw,
      blockOf.length,
      pairsThat(blockOf.length, (a, b) => happens(draw, blockOf[a] === blockOf[b] ? recipe.inside : recipe.between)),
    );
  });
}

/** The pairs of nodes that are to be edges, each asked once, smaller node first. */
export function pairsThat(nodeCount: number, areEdges: (a: number, b: number) => boolean): Edge[] {
  const edges: Edge[] = [];
  for (let a = 0; a < nodeCount; a++) {
    for (let b = a + 1; b < nodeCount; b++) if (areEdges(a, b)) edges.push([a, b]);
  }
  return edges;
}
