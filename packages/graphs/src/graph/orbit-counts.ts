import { degreeOrder, type DegreeOrder } from "./degree-order.js";
import { degreeOf, neighboursOf, type Graph } from "./graph.js";
import { countTriangles, forEachTriangle, requireSteps } from "./triangles.js";

/** Places a node can have in a connected graph of 2 to 4 nodes. */
export const ORBITS = 15;

/**
 * In how many induced subgraphs of 2 to 4 nodes each node has each of the 15 places (graphlet orbits, numbered as by Pržulj
 * 2007 and ORCA), row-major [nodeCount, 15]: 0 edge; 1 and 2 end and middle of a path of 3; 3 triangle; 4 and 5 end and inside
 * of a path of 4; 6 and 7 leaf and centre of a claw; 8 cycle of 4; 9, 10 and 11 tail, far and near corner of a triangle
 * with a tail; 12 and 13 outer and inner corner of two triangles on one edge; 14 clique of 4.
 *
 * Subgraphs that need not be induced are easy to count from degrees, triangles, cycles and cliques; each induced one holds
 * a known number of them, and that linear system is triangular (Hočevar and Demšar 2014 solve a similar one). Only triangles,
 * cycles and cliques of 4 are enumerated, the latter two in degree order: O(edgeCount · arboricity²).
 *
 * @throws NextscaleError `invalid-argument` for a graph so large and dense that it needs more than 10⁹ steps
 */
export function orbitCounts(graph: Graph): Float64Array {
  const { nodeCount } = graph;
  const order = degreeOrder(graph);
  // First what may be refused.
  const cliques = countFourCliques(graph, order);
  const cycles = countFourCycles(graph, order);
  const triangles = countTriangles(graph, order);
  const outer = countOuterCorners(graph, order, triangles.ofEntry);
  /** Paths of two edges from each node. */
  const twoSteps = Float64Array.from({ length: nodeCount }, (_, v) => {
    return neighboursOf(graph, v).reduce((sum, other) => sum + degreeOf(graph, other) - 1, 0);
  });
  const counts = new Float64Array(nodeCount * ORBITS);
  for (let v = 0; v < nodeCount; v++) {
    const degree = degreeOf(graph, v);
    const t = triangles.ofNode[v]!;
    let [pathEnd, clawLeaf, tail, far, inner] = [0, 0, 0, 0, 0];
    for (let at = graph.offsets[v]!; at < graph.offsets[v + 1]!; at++) {
      const other = graph.neighbours[at]!;
      const otherDegree = degreeOf(graph, other);
      const shared = triangles.ofEntry[at]!;
      pathEnd += twoSteps[other]! - (degree - 1);
      clawLeaf += pairs(otherDegree - 1);
      tail += triangles.ofNode[other]! - shared;
      far += shared * (otherDegree - 2);
      inner += pairs(shared);
    }
    induced(counts.subarray(v * ORBITS, (v + 1) * ORBITS), {
      degree,
      triangles: t,
      pathOfThreeEnd: twoSteps[v]!,
      pathEnd: pathEnd - 2 * t,
      pathInside: (degree - 1) * twoSteps[v]! - 2 * t,
      clawLeaf,
      clawCentre: (degree * (degree - 1) * (degree - 2)) / 6,
      cycle: cycles[v]!,
      tail,
      far,
      near: t * (degree - 2),
      outer: outer[v]!,
      inner,
      clique: cliques[v]!,
    });
  }
  // What is no subgraph may have come out as -0.
  return counts.map((count) => count + 0);
}

/** Subgraphs at a node that need not be induced, by the node's place in them. */
interface SubgraphCounts {
  readonly degree: number;
  readonly triangles: number;
  readonly pathOfThreeEnd: number;
  readonly pathEnd: number;
  readonly pathInside: number;
  readonly clawLeaf: number;
  readonly clawCentre: number;
  readonly cycle: number;
  readonly tail: number;
  readonly far: number;
  readonly near: number;
  readonly outer: number;
  readonly inner: number;
  readonly clique: number;
}

/** Takes off each count what lies in denser induced subgraphs, from the clique down. */
function induced(o: Float64Array, n: SubgraphCounts): void {
  o[14] = n.clique;
  o[13] = n.inner - 3 * o[14];
  o[12] = n.outer - 3 * o[14];
  o[11] = n.near - 2 * o[13] - 3 * o[14];
  o[10] = n.far - 2 * o[12] - 2 * o[13] - 6 * o[14];
  o[9] = n.tail - 2 * o[12] - 3 * o[14];
  o[8] = n.cycle - o[12] - o[13] - 3 * o[14];
  o[7] = n.clawCentre - o[11] - o[13] - o[14];
  o[6] = n.clawLeaf - o[9] - o[10] - 2 * o[12] - o[13] - 3 * o[14];
  o[5] = n.pathInside - 2 * o[8] - o[10] - 2 * o[11] - 2 * o[12] - 4 * o[13] - 6 * o[14];
  o[4] = n.pathEnd - 2 * o[8] - 2 * o[9] - o[10] - 4 * o[12] - 2 * o[13] - 6 * o[14];
  o[3] = n.triangles;
  o[2] = pairs(n.degree) - n.triangles;
  o[1] = n.pathOfThreeEnd - 2 * n.triangles;
  o[0] = n.degree;
}

/** Cycles of 4 through each node. Each is found once, from its node of highest rank, which bounds the steps. */
function countFourCycles(graph: Graph, { rank, targets, offsets }: DegreeOrder): Float64Array {
  let steps = 0;
  for (let v = 0; v < graph.nodeCount; v++) steps += (offsets[v + 1]! - offsets[v]!) * degreeOf(graph, v);
  requireSteps("cycles", steps);
  const counts = new Float64Array(graph.nodeCount);
  const common = new Int32Array(graph.nodeCount);
  const lower = lowerNeighbours(graph, targets, offsets);
  for (let top = 0; top < graph.nodeCount; top++) {
    const between = lower.of(top);
    const opposite: number[] = [];
    for (const middle of between) {
      for (const other of neighboursOf(graph, middle)) {
        if (rank[other]! >= rank[top]!) continue;
        if (common[other]! === 0) opposite.push(other);
        common[other]! += 1;
      }
    }
    for (const middle of between) {
      for (const other of neighboursOf(graph, middle)) {
        if (rank[other]! < rank[top]!) counts[middle]! += common[other]! - 1;
      }
    }
    for (const other of opposite) {
      const cycles = pairs(common[other]!);
      counts[top]! += cycles;
      counts[other]! += cycles;
      common[other] = 0;
    }
  }
  return counts;
}

/** The degree order backwards: for each node, its neighbours of lower rank. */
function lowerNeighbours(
  graph: Graph,
  targets: Int32Array,
  offsets: Int32Array,
): { readonly of: (node: number) => Int32Array } {
  const begins = new Int32Array(graph.nodeCount + 1);
  for (const target of targets) begins[target + 1]! += 1;
  for (let v = 0; v < graph.nodeCount; v++) begins[v + 1]! += begins[v]!;
  const next = begins.slice(0, graph.nodeCount);
  const sources = new Int32Array(targets.length);
  for (let v = 0; v < graph.nodeCount; v++) {
    for (let at = offsets[v]!; at < offsets[v + 1]!; at++) sources[next[targets[at]!]!++] = v;
  }
  return { of: (node) => sources.subarray(begins[node], begins[node + 1]) };
}

/** Cliques of 4 at each node: for each triangle, the edges out of its last corner that both others share. */
function countFourCliques(graph: Graph, order: DegreeOrder): Float64Array {
  const { offsets, targets } = order;
  let steps = 0;
  forEachTriangle(graph, order, (_a, _b, c) => (steps += offsets[c + 1]! - offsets[c]!));
  requireSteps("cliques", steps);
  const counts = new Float64Array(graph.nodeCount);
  // Marks hold the node or the edge that they were made for, so that none has to be taken away.
  let [first, second] = [-1, -1];
  const ofFirst = new Int32Array(graph.nodeCount).fill(-1);
  const ofSecond = new Int32Array(graph.nodeCount).fill(-1);
  forEachTriangle(graph, order, (a, b, c, ab) => {
    if (a !== first) {
      first = a;
      for (let at = offsets[a]!; at < offsets[a + 1]!; at++) ofFirst[targets[at]!] = a;
    }
    if (ab !== second) {
      second = ab;
      for (let at = offsets[b]!; at < offsets[b + 1]!; at++) ofSecond[targets[at]!] = ab;
    }
    for (let at = offsets[c]!; at < offsets[c + 1]!; at++) {
      const d = targets[at]!;
      if (ofFirst[d] !== a || ofSecond[d] !== ab) continue;
      counts[a]! += 1;
      counts[b]! += 1;
      counts[c]! += 1;
      counts[d]! += 1;
    }
  });
  return counts;
}

/** For each node, the triangles on the far edges of its triangles, but these themselves. */
function countOuterCorners(graph: Graph, order: DegreeOrder, ofEntry: Float64Array): Float64Array {
  const counts = new Float64Array(graph.nodeCount);
  forEachTriangle(graph, order, (a, b, c, ab, ac, bc) => {
    counts[a]! += ofEntry[order.entries[bc]!]! - 1;
    counts[b]! += ofEntry[order.entries[ac]!]! - 1;
    counts[c]! += ofEntry[order.entries[ab]!]! - 1;
  });
  return counts;
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}
