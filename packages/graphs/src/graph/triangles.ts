import { NextscaleError } from "@nextscale/engine";
import { degreeOrder, type DegreeOrder } from "./degree-order.js";
import type { Graph } from "./graph.js";
import { twinsOf } from "./twins.js";

/** Steps that an enumeration may take: some seconds. Only a graph of hundreds of nodes that is nearly complete needs more. */
const MOST_STEPS = 1e9;

/** How many triangles there are at each place. */
export interface TriangleCounts {
  /** At each node, [nodeCount]. */
  readonly ofNode: Float64Array;
  /** On the edge of each entry of `neighbours`, [2 edgeCount]. */
  readonly ofEntry: Float64Array;
}

/**
 * Counts triangles at nodes and on edges, in at most edgeCount · √(2 edgeCount) steps.
 *
 * @throws NextscaleError `invalid-argument` for a graph that needs more than 10⁹ steps
 */
export function countTriangles(graph: Graph, order: DegreeOrder = degreeOrder(graph)): TriangleCounts {
  const ofNode = new Float64Array(graph.nodeCount);
  const ofEntry = new Float64Array(graph.neighbours.length);
  forEachTriangle(graph, order, (a, b, c, ab, ac, bc) => {
    ofNode[a]! += 1;
    ofNode[b]! += 1;
    ofNode[c]! += 1;
    ofEntry[order.entries[ab]!]! += 1;
    ofEntry[order.entries[ac]!]! += 1;
    ofEntry[order.entries[bc]!]! += 1;
  });
  const twins = twinsOf(graph);
  for (const entry of order.entries) ofEntry[twins[entry]!] = ofEntry[entry]!;
  return { ofNode, ofEntry };
}

/** Nodes of a triangle by rising rank, and the positions of its edges in the degree order. */
export type VisitTriangle = (a: number, b: number, c: number, ab: number, ac: number, bc: number) => void;

/**
 * Visits every triangle once.
 *
 * @throws NextscaleError `invalid-argument` for a graph that needs more than 10⁹ steps
 */
export function forEachTriangle(graph: Graph, order: DegreeOrder, visit: VisitTriangle): void {
  const { offsets, targets } = order;
  let steps = 0;
  for (const b of targets) steps += offsets[b + 1]! - offsets[b]!;
  requireSteps("triangles", steps);
  const edgeTo = new Int32Array(graph.nodeCount).fill(-1);
  for (let a = 0; a < graph.nodeCount; a++) {
    const [begin, end] = [offsets[a]!, offsets[a + 1]!];
    for (let at = begin; at < end; at++) edgeTo[targets[at]!] = at;
    for (let ab = begin; ab < end; ab++) {
      const b = targets[ab]!;
      for (let bc = offsets[b]!; bc < offsets[b + 1]!; bc++) {
        const c = targets[bc]!;
        if (edgeTo[c] !== -1) visit(a, b, c, ab, edgeTo[c]!, bc);
      }
    }
    for (let at = begin; at < end; at++) edgeTo[targets[at]!] = -1;
  }
}

/** @throws NextscaleError `invalid-argument` for more steps than an enumeration may take */
export function requireSteps(what: string, steps: number): void {
  if (steps <= MOST_STEPS) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "graphs/triangles",
    expected: `a graph sparse enough to enumerate its ${what} in ${MOST_STEPS} steps`,
    got: `one that needs ${steps}`,
  });
}
