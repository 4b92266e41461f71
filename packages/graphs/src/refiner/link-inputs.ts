import { PAIRS } from "../pyramid/candidates.js";
import type { Patterns } from "../pyramid/patterns.js";
import { edgeWeights, stateOfPair, type Capacity, type Task } from "./inputs.js";

/** The pairs of a batch that may be edges, from either node to the other, and each node with itself. */
export interface LinkInputs {
  /** Rows among items * nodes, [items, links]; `to` is -1 for padding. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** State of each: see `pairStates` [items, links]. */
  readonly states: Int32Array;
  /** Walks between their nodes: see `walksOf` [items, links, walkLength]. */
  readonly between: Float32Array;
  /** Returns of walks of each node [items, nodes, walkLength]. */
  readonly returns: Float32Array;
}

/** How many links an item can have: each node with itself, and both directions of all pairs of its groups. */
export function mostLinks({ nodes, groups }: Capacity): number {
  return nodes + 2 * PAIRS * groups;
}

/** Arrays for a batch of levels. */
export function emptyLinks(capacity: Capacity, walkLength: number): LinkInputs {
  const { items, nodes } = capacity;
  const links = items * mostLinks(capacity);
  return {
    from: new Int32Array(links),
    to: new Int32Array(links).fill(-1),
    states: new Int32Array(links),
    between: new Float32Array(links * walkLength),
    returns: new Float32Array(items * nodes * walkLength),
  };
}

/** Writes the links of a level. @returns the row of the pair `pair` of a group among all links: the first of its two */
export function writeLinks(
  task: Task,
  inputs: LinkInputs,
  { item, patterns, walkLength, capacity }: { readonly item: number; readonly patterns: Patterns; readonly walkLength: number; readonly capacity: Capacity }, // prettier-ignore
): (group: number, pair: number) => number {
  const { mass, groups } = task.candidates;
  const { from, to, states, between } = inputs;
  const first = item * mostLinks(capacity);
  const row = (node: number) => item * capacity.nodes + node;
  let count = 0;
  const link = (u: number, v: number, state: number): number => {
    const at = first + count++;
    from[at] = row(u);
    to[at] = row(v);
    states[at] = state;
    return at;
  };
  for (let node = 0; node < mass.length; node++) link(node, node, 0);
  const places = new Int32Array(groups.count * PAIRS);
  for (let at = 0; at < places.length; at++) {
    const [u, v] = [groups.pairs[2 * at]!, groups.pairs[2 * at + 1]!];
    if (u < 0) continue;
    const state = stateOfPair(task, Math.floor(at / PAIRS), at % PAIRS, patterns);
    places[at] = link(u, v, state);
    link(v, u, state);
  }
  const nodeOf = (at: number) => at - item * capacity.nodes;
  const own = Array.from({ length: count }, (_, i) => ({ u: nodeOf(from[first + i]!), v: nodeOf(to[first + i]!), state: states[first + i]! })); // prettier-ignore
  writeWalks(own, mass.length, walkLength, edgeWeights(patterns.labels - 1), {
    returns: inputs.returns.subarray(row(0) * walkLength),
    between: between.subarray(first * walkLength),
  });
  return (group, pair) => places[group * PAIRS + pair]!;
}

/** Probabilities are rounded to multiples of this, which float32 holds: their last bits would tell in which order nodes were added up. */
const GRAIN = 2 ** -22;

interface Link {
  readonly u: number;
  readonly v: number;
  readonly state: number;
}

/** The numbers of `walksOf`, one start at a time. */
function writeWalks(
  links: readonly Link[],
  nodes: number,
  walkLength: number,
  weights: Float32Array,
  { returns, between }: { readonly returns: Float32Array; readonly between: Float32Array },
): void {
  const neighbours = Array.from({ length: nodes }, (): { v: number; weight: number }[] => []);
  const starting = Array.from({ length: nodes }, (): { v: number; at: number }[] => []);
  const total = new Float64Array(nodes);
  const turned = new Map<number, number>();
  links.forEach(({ u, v, state }, at) => {
    starting[u]!.push({ v, at });
    turned.set(u * nodes + v, at);
    const weight = weights[state]!;
    if (u === v || weight === 0) return;
    neighbours[u]!.push({ v, weight });
    total[u]! += weight;
  });
  const sums = new Float64Array(links.length * walkLength);
  let [here, next] = [new Float64Array(nodes), new Float64Array(nodes)];
  for (let start = 0; start < nodes; start++) {
    let reached = [start];
    here[start] = 1;
    for (let step = 0; step < walkLength; step++) {
      const after: number[] = [];
      for (const u of reached) {
        const share = here[u]! / Math.max(total[u]!, 1e-6);
        here[u] = 0;
        for (const { v, weight } of neighbours[u]!) {
          if (next[v] === 0) after.push(v);
          next[v]! += share * weight;
        }
      }
      [here, next] = [next, here];
      reached = after;
      returns[start * walkLength + step] = rounded(here[start]!);
      for (const { v, at } of starting[start]!) {
        // Half of the mean from here, and half from the other link of the pair.
        sums[at * walkLength + step]! += here[v]! / 2;
        sums[turned.get(v * nodes + start)! * walkLength + step]! += here[v]! / 2;
      }
    }
    for (const u of reached) here[u] = 0;
  }
  sums.forEach((sum, at) => (between[at] = rounded(sum)));
}

function rounded(probability: number): number {
  return Math.round(probability / GRAIN) * GRAIN;
}
