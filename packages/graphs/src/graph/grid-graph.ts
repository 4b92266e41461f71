import { graphOf, type Edge, type Graph } from "./graph.js";
import { findIsomorphism } from "./isomorphism.js";

/** Sides of a grid, fewer rows than columns unless equal. */
export interface GridShape {
  readonly rows: number;
  readonly columns: number;
}

/** The grid graph: node `row · columns + column` is joined to those beside and below it. */
export function gridGraph({ rows, columns }: GridShape): Graph {
  const edges: Edge[] = [];
  for (let v = 0; v < rows * columns; v++) {
    if ((v + 1) % columns !== 0) edges.push([v, v + 1]);
    if (v + columns < rows * columns) edges.push([v, v + columns]);
  }
  return graphOf({ nodeCount: rows * columns, edges });
}

/** Sides that count as a grid, as in the published validity of the grid set: 2 ≤ rows, columns < 20. */
const SIDES = { least: 2, most: 19 };

/** Whether a graph is a grid with 2 to 19 rows and columns, whatever its labels. */
export function isGrid(graph: Graph): boolean {
  for (let rows = SIDES.least; rows * rows <= graph.nodeCount; rows++) {
    const columns = graph.nodeCount / rows;
    if (!Number.isInteger(columns) || columns > SIDES.most) continue;
    if (graph.edgeCount !== rows * (columns - 1) + columns * (rows - 1)) continue;
    if (findIsomorphism(withoutLabels(graph), gridGraph({ rows, columns })).kind === "isomorphic") return true;
  }
  return false;
}

function withoutLabels(graph: Graph): Graph {
  return {
    ...graph,
    nodeLabels: new Uint8Array(graph.nodeLabels.length),
    edgeLabels: new Uint8Array(graph.edgeLabels.length),
  };
}
