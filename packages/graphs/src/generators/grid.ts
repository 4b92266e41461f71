import type { IntegerSource } from "@nextscale/refinement-core";
import { edgesOf, type Graph } from "../graph/graph.js";
import { gridGraph } from "../graph/grid-graph.js";
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
  return inRandomOrder(draw, height * width, edgesOf(gridGraph({ rows: height, columns: width })));
}
