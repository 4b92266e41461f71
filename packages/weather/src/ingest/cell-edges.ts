import type { Grid } from "../grid/grid.js";

/**
 * Sines of the latitudes between the rows of a grid, south to north, one more than rows. Bands have the areas that the grid
 * says, also those of a Gaussian grid, whose weights add up to edges between its nodes.
 */
export function rowEdges({ kind, latitudes, areaWeights }: Grid): Float64Array {
  const rows = latitudes.length;
  const half = (latitudes[rows - 1]! - latitudes[0]!) / (rows - 1) / 2;
  const isGlobal = kind !== "regional";
  const south = isGlobal ? -1 : sine(Math.max(-90, latitudes[0]! - half));
  const north = isGlobal ? 1 : sine(Math.min(90, latitudes[rows - 1]! + half));
  const total = areaWeights.reduce((sum, weight) => sum + weight, 0);
  const edges = new Float64Array(rows + 1);
  let area = 0;
  for (let row = 0; row <= rows; row++) {
    edges[row] = south + (north - south) * (area / total);
    area += areaWeights[row] ?? 0;
  }
  edges[rows] = north;
  return edges;
}

/** Longitudes between the columns of a grid, west to east, in degrees, one more than columns. */
export function columnEdges({ longitudes, periodic }: Grid): Float64Array {
  const columns = longitudes.length;
  const width = periodic ? 360 / columns : (longitudes[columns - 1]! - longitudes[0]!) / (columns - 1);
  return Float64Array.from({ length: columns + 1 }, (_, column) => longitudes[0]! + (column - 0.5) * width);
}

function sine(degrees: number): number {
  return Math.sin((degrees * Math.PI) / 180);
}
