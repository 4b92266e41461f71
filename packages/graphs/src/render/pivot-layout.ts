import { neighboursOf, type Graph } from "../graph/graph.js";

/** Enough for pictures: Brandes and Pich use 50 for a hundred thousand nodes. */
const MOST_PIVOTS = 50;
const POWER_STEPS = 60;

/**
 * Places nodes so that distances in the plane are like numbers of hops: PivotMDS (Brandes and Pich 2007), classical scaling of the
 * distances to a few nodes that are far from one another. It unfolds grids and trees, and puts nodes with the same distances, such as the
 * leaves of a star, at one place.
 *
 * @param start two numbers a node between 0 and 1, not all alike, for the eigenvectors to grow from
 * @returns row-major [nodes, 2], in hops
 */
export function pivotLayout(graph: Graph, start: Float32Array): Float64Array {
  const { nodeCount } = graph;
  const columns = centredColumns(pivotDistances(graph));
  const positions = new Float64Array(2 * nodeCount);
  const found: Float64Array[] = [];
  for (const axis of [0, 1] as const) {
    let direction = Float64Array.from(columns, (_, p) => start[2 * (p % nodeCount) + axis]! - 0.5);
    for (let step = 0; step < POWER_STEPS; step++) {
      const along = scores(columns, direction, nodeCount);
      direction = Float64Array.from(columns, (column) => dot(column, along));
      for (const other of found) {
        const share = dot(direction, other);
        direction = direction.map((value, p) => value - share * other[p]!);
      }
      const length = Math.sqrt(dot(direction, direction));
      // Nodes on a line, or none apart: there is no second direction.
      if (length < 1e-9) return positions;
      direction = direction.map((value) => value / length);
    }
    found.push(direction);
    // Of the direction of singular value s the scores have length s, and distances length sqrt(s sqrt(nodes / pivots)).
    const along = scores(columns, direction, nodeCount);
    const size = Math.sqrt(dot(along, along));
    const zoom = size === 0 ? 0 : Math.sqrt(size * Math.sqrt(nodeCount / columns.length)) / size;
    along.forEach((value, v) => (positions[2 * v + axis] = value * zoom));
  }
  return positions;
}

/** Hops from each of some nodes to all, each pivot farthest from those before; what cannot be reached is a little farther than all. */
function pivotDistances(graph: Graph): Float64Array[] {
  const { nodeCount } = graph;
  const nearest = new Float64Array(nodeCount).fill(Infinity);
  const distances: Float64Array[] = [];
  for (let pivot = 0; distances.length < Math.min(MOST_PIVOTS, nodeCount);) {
    const from = hopsFrom(graph, pivot);
    distances.push(from);
    from.forEach((hops, v) => (nearest[v] = Math.min(nearest[v]!, hops)));
    pivot = nearest.reduce((farthest, hops, v) => (hops > nearest[farthest]! ? v : farthest), 0);
  }
  return distances;
}

function hopsFrom(graph: Graph, node: number): Float64Array {
  const hops = new Float64Array(graph.nodeCount).fill(-1);
  hops[node] = 0;
  const queue = [node];
  for (let next = 0; next < queue.length; next++) {
    const v = queue[next]!;
    for (const other of neighboursOf(graph, v)) {
      if (hops[other] !== -1) continue;
      hops[other] = hops[v]! + 1;
      queue.push(other);
    }
  }
  const beyond = hops[queue.at(-1)!]! + 2;
  return hops.map((of) => (of === -1 ? beyond : of));
}

/** Squared distances without the means of rows and columns, times -1/2. */
function centredColumns(distances: readonly Float64Array[]): Float64Array[] {
  const squares = distances.map((column) => column.map((of) => of * of));
  const means = squares.map((column) => column.reduce((sum, of) => sum + of, 0) / column.length);
  const all = means.reduce((sum, of) => sum + of, 0) / means.length;
  const rows = squares[0]!.map((_, v) => squares.reduce((sum, column) => sum + column[v]!, 0) / squares.length);
  return squares.map((column, p) => column.map((of, v) => -(of - means[p]! - rows[v]! + all) / 2));
}

function scores(columns: readonly Float64Array[], direction: Float64Array, nodeCount: number): Float64Array {
  const sums = new Float64Array(nodeCount);
  columns.forEach((column, p) => column.forEach((value, v) => (sums[v]! += value * direction[p]!)));
  return sums;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
