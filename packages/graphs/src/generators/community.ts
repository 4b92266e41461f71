import type { IntegerSource } from "@nextscale/refinement-core";
import type { Edge, Graph } from "../graph/graph.js";
import { pairsThat } from "./block-model.js";
import { between, firstConnected, happens, inRandomOrder, type SizeRange } from "./draws.js";

/** Two dense communities with few bridges. The defaults are those of the community sets of GraphRNN and GDSS. */
export interface CommunityRecipe {
  readonly kind: "community";
  /** Nodes of each of the two communities. Default: 6 to 10. */
  readonly communityNodes?: SizeRange;
  /** Probability of an edge inside a community. Default: 0.7. */
  readonly inside?: number;
  /** Mean number of bridges for each node of the graph. Default: 0.05. */
  readonly bridges?: number;
}

/**
 * Draws two communities of one size, G(n/2, p) each, and bridges: every pair across with probability `2 bridges / (n/2)`, and one at
 * least. The sets that this kind is named after (`n_community` of GraphRNN) seeded each community by its number, so that all
 * communities of one size were one graph and 48 of 100 graphs duplicates; here all are independent. A community that falls apart is
 * drawn again, where the original linked its pieces.
 */
export function drawCommunity(draw: IntegerSource, recipe: Required<CommunityRecipe>): Graph {
  const size = between(draw, recipe.communityNodes);
  const probability = (2 * recipe.bridges) / size;
  return firstConnected("graphs/generateGraph", 2 * size ** 2, () => {
    const inside = (a: number, b: number) => a < size === b < size;
    const edges = pairsThat(2 * size, (a, b) => happens(draw, inside(a, b) ? recipe.inside : probability));
    const bridged = edges.some(([a, b]) => !inside(a, b));
    const bridge: Edge = [draw(size), size + draw(size)];
    return inRandomOrder(draw, 2 * size, bridged ? edges : [...edges, bridge]);
  });
}
