import { depthFirst, type DepthFirst } from "./depth-first.js";
import type { Graph } from "./graph.js";

/*
 * The left-right planarity test (de Fraysseix and Rosenstiehl 1985) as told by Brandes, "The left-right planarity test" (2009), and
 * in networkx's `check_planarity`. A depth-first search directs the edges; a graph is planar if and only if its back edges can be
 * parted into left and right ones so that those that interlace on the same side never have to.
 *
 * The second search holds a stack of conflict pairs: two intervals of back edges, sorted by the height they return to, of which
 * one must be left and the other right. A pair is four edges; -1 stands for none. `below` links an edge to the next one of
 * its interval, downwards.
 */

/** Room for conflict pairs in parallel arrays: low and high edge of the left and of the right interval. */
interface PairStack {
  readonly leftLow: Int32Array;
  readonly leftHigh: Int32Array;
  readonly rightLow: Int32Array;
  readonly rightHigh: Int32Array;
  size: number;
}

interface TestState extends DepthFirst {
  readonly targets: Int32Array;
  readonly stack: PairStack;
  /** Where each node goes on among its edges. */
  readonly next: Int32Array;
  /** Height of the stack when an edge was begun. */
  readonly bottom: Int32Array;
  /** The back edge of the lowest return of an edge. */
  readonly lowestReturn: Int32Array;
  readonly below: Int32Array;
}

/** Whether a graph can be drawn in the plane without crossings. Linear time and memory, and no recursion. */
export function isPlanar(graph: Graph): boolean {
  // Euler: a planar graph of n >= 3 nodes has at most 3n − 6 edges.
  if (graph.nodeCount > 2 && graph.edgeCount > 3 * graph.nodeCount - 6) return false;
  const entries = graph.neighbours.length;
  const none = (): Int32Array => new Int32Array(entries).fill(-1);
  const search = depthFirst(graph);
  const state: TestState = {
    ...search,
    next: search.offsets.slice(0, graph.nodeCount),
    targets: graph.neighbours,
    // There are never more pairs than back edges.
    stack: { leftLow: none(), leftHigh: none(), rightLow: none(), rightHigh: none(), size: 0 },
    bottom: none(),
    lowestReturn: none(),
    below: none(),
  };
  return state.roots.every((root) => testFrom(state, root));
}

/** Goes through the tree of a root again, edges by nesting depth, and adds the constraints of each. */
function testFrom(state: TestState, root: number): boolean {
  const { offsets, ordered, targets, parentEdge, lowestReturn, stack, bottom, next } = state;
  const path = [root];
  while (path.length > 0) {
    const v = path.at(-1)!;
    if (next[v] === offsets[v + 1]) {
      path.pop();
      const above = parentEdge[v]!;
      if (above === -1) continue;
      removeReturnsTo(state, above);
      if (!integrate(state, above)) return false;
      continue;
    }
    const edge = ordered[next[v]!++]!;
    const w = targets[edge]!;
    bottom[edge] = stack.size;
    if (parentEdge[w] === edge) {
      path.push(w);
    } else {
      lowestReturn[edge] = edge;
      push(stack, -1, -1, edge, edge);
      if (!integrate(state, edge)) return false;
    }
  }
  return true;
}

/** Once all below an edge is known: hands its lowest return on when it is the first of its node, else adds its constraints. */
function integrate(state: TestState, edge: number): boolean {
  const v = state.source[edge]!;
  if (state.lowpoint[edge]! >= state.height[v]!) return true;
  if (edge !== state.ordered[state.offsets[v]!]) return addConstraints(state, edge, state.parentEdge[v]!);
  state.lowestReturn[state.parentEdge[v]!] = state.lowestReturn[edge]!;
  return true;
}

/** Merges the returns of an edge into one interval, and what they conflict with of earlier edges into the other. */
function addConstraints(state: TestState, edge: number, above: number): boolean {
  const { stack, lowpoint, below, lowestReturn, bottom } = state;
  let [leftLow, leftHigh, rightLow, rightHigh] = [-1, -1, -1, -1];
  while (stack.size > bottom[edge]!) {
    const q = pop(stack);
    if (q.leftLow !== -1 && q.rightLow !== -1) return false;
    const [low, high] = q.leftLow === -1 ? [q.rightLow, q.rightHigh] : [q.leftLow, q.leftHigh];
    if (lowpoint[low]! > lowpoint[above]!) {
      if (rightLow === -1) rightHigh = high;
      else below[rightLow] = high;
      rightLow = low;
    } else {
      below[low] = lowestReturn[above]!;
    }
  }
  const conflicts = (high: number): boolean => high !== -1 && lowpoint[high]! > lowpoint[edge]!;
  while (stack.size > 0) {
    const top = stack.size - 1;
    if (!conflicts(stack.leftHigh[top]!) && !conflicts(stack.rightHigh[top]!)) break;
    let q = pop(stack);
    if (conflicts(q.rightHigh)) q = swapped(q);
    if (conflicts(q.rightHigh)) return false;
    if (rightLow !== -1) below[rightLow] = q.rightHigh;
    if (q.rightLow !== -1) rightLow = q.rightLow;
    if (leftLow === -1) leftHigh = q.leftHigh;
    else below[leftLow] = q.leftHigh;
    leftLow = q.leftLow;
  }
  if (leftLow !== -1 || rightLow !== -1) push(stack, leftLow, leftHigh, rightLow, rightHigh);
  return true;
}

/** On the way back over an edge: the back edges that end at its source constrain nothing any more. */
function removeReturnsTo(state: TestState, edge: number): void {
  const { stack, lowpoint, height, source, targets, below } = state;
  const u = source[edge]!;
  const lowest = (top: number): number => {
    const [left, right] = [stack.leftLow[top]!, stack.rightLow[top]!];
    if (left === -1) return lowpoint[right]!;
    return right === -1 ? lowpoint[left]! : Math.min(lowpoint[left]!, lowpoint[right]!);
  };
  while (stack.size > 0 && lowest(stack.size - 1) === height[u]) stack.size -= 1;
  if (stack.size > 0) {
    const top = stack.size - 1;
    const trimmed = (high: number): number => {
      let edgeAt = high;
      while (edgeAt !== -1 && targets[edgeAt] === u) edgeAt = below[edgeAt]!;
      return edgeAt;
    };
    stack.leftHigh[top] = trimmed(stack.leftHigh[top]!);
    if (stack.leftHigh[top] === -1 && stack.leftLow[top] !== -1) {
      below[stack.leftLow[top]!] = stack.rightLow[top]!;
      stack.leftLow[top] = -1;
    }
    stack.rightHigh[top] = trimmed(stack.rightHigh[top]!);
    if (stack.rightHigh[top] === -1 && stack.rightLow[top] !== -1) {
      below[stack.rightLow[top]!] = stack.leftLow[top]!;
      stack.rightLow[top] = -1;
    }
  }
  if (lowpoint[edge]! < height[u]! && stack.size > 0) {
    const [left, right] = [stack.leftHigh[stack.size - 1]!, stack.rightHigh[stack.size - 1]!];
    below[edge] = left !== -1 && (right === -1 || lowpoint[left]! > lowpoint[right]!) ? left : right;
  }
}

interface Pair {
  readonly leftLow: number;
  readonly leftHigh: number;
  readonly rightLow: number;
  readonly rightHigh: number;
}

function pop(stack: PairStack): Pair {
  const top = --stack.size;
  return {
    leftLow: stack.leftLow[top]!,
    leftHigh: stack.leftHigh[top]!,
    rightLow: stack.rightLow[top]!,
    rightHigh: stack.rightHigh[top]!,
  };
}

function push(stack: PairStack, leftLow: number, leftHigh: number, rightLow: number, rightHigh: number): void {
  const top = stack.size++;
  stack.leftLow[top] = leftLow;
  stack.leftHigh[top] = leftHigh;
  stack.rightLow[top] = rightLow;
  stack.rightHigh[top] = rightHigh;
}

function swapped({ leftLow, leftHigh, rightLow, rightHigh }: Pair): Pair {
  return { leftLow: rightLow, leftHigh: rightHigh, rightLow: leftLow, rightHigh: leftHigh };
}
