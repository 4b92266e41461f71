import { Delaunay } from "d3-delaunay";
import type { IntegerSource } from "@nextscale/refinement-core";
import type { Edge, Graph } from "../graph/graph.js";
import { between, firstConnected, inRandomOrder, unit, type SizeRange } from "./draws.js";

/** The Delaunay triangulation of uniform points of a square, as SPECTRE's and Bergmeister's planar graphs. */
export interface PlanarRecipe {
  readonly kind: "planar";
  /** Default: 64. */
  readonly nodes?: SizeRange;
}

/** Draws a planar graph. Two points at one place (1 in 2^62 for a pair) would leave one without edges: then it draws again. */
export function drawPlanar(draw: IntegerSource, { nodes }: Required<PlanarRecipe>): Graph {
  return firstConnected("graphs/generateGraph", 0, () => {
    const count = between(draw, nodes);
    const points = Float64Array.from({ length: 2 * count }, () => unit(draw));
    return inRandomOrder(draw, count, delaunayEdges(points));
  });
}

/** The edges of the triangulation of points [n,2], each once. */
export function delaunayEdges(points: Float64Array): Edge[] {
  if (points.length < 4) return [];
  if (points.length === 4) return [[0, 1]];
  // d3-delaunay moves the points it is given where all are on a line.
  const { triangles, halfedges } = new Delaunay(points.slice());
  const edges: Edge[] = [];
  triangles.forEach((from, side) => {
    // An inner side is listed in both of its triangles, an outer one, whose other half is -1, in one.
    if (side > halfedges[side]!) edges.push([from, triangles[side % 3 === 2 ? side - 2 : side + 1]!]);
  });
  return edges;
}
