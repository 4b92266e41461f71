import type { IntegerSource } from "@nextscale/refinement-core";
import type { Edge, Graph } from "../graph/graph.js";
import { between, inRandomOrder, type SizeRange } from "./draws.js";

/** A rectangular grid. GraphRNN and GRAN have all of 10 to 19 rows and columns. */
export interface GridRecipe {
  readonly kind: "grid";
  /** Default: 10 to 19. */
  readonly rows?: SizeRange;
  /** Default: 10 to 19. */
  readonly columns?: SizeRange;
}

/** Draws a grid; of rows x columns and columns x rows either is drawn, and they are the same graph. */
export function drawGrid(draw: IntegerSource, { rows, columns }: Required<GridRecipe>): Graph {
  const [height, width] = [between(draw, rows), between(draw, columns)];
  const edges: Edge[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const node = y * width + x;
      if (x + 1 < width) edges.push([node, node + 1]);
      if (y + 1 < height) edges.push([node, node + width]);
    }
  }
  return inRandomOrder(draw, height * width, edges);
}
