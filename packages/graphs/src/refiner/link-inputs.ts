import { PAIRS } from "../pyramid/candidates.js";
import type { Patterns } from "../pyramid/patterns.js";
import type { Capacity, Task } from "./inputs.js";
import { edgeWeights, stateOfPair } from "./pair-states.js";

/** The pairs of a batch that may be edges, from either node to the other, and each node with itself. */
export interface LinkInputs {
  /** Rows among items * nodes, [items, links]; `to` is -1 for padding. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** State of each: see `pairStates` [items, links]. */
  readonly states: Int32Array;
  /** Walks of both kinds between their nodes: see `walksOf` [items, links, walks]. */
  readonly between: Float32Array;
  /** Returns of walks of each node [items, nodes, walks]. */
  readonly returns: Float32Array;
}

/** How many links an item can have: each node with itself, and both directions of all pairs of its groups. */
export function mostLinks({ nodes, groups }: Capacity): number {
  return nodes + 2 * PAIRS * groups;
}

/** Arrays for a batch of levels. */
export function emptyLinks(capacity: Capacity, walks: number): LinkInputs {
  const { items, nodes } = capacity;
  const links = items * mostLinks(capacity);
  return {
    from: new Int32Array(links),
    to: new Int32Array(links).fill(-1),
    states: new Int32Array(links),
    between: new Float32Array(links * walks),
    returns: new Float32Array(items * nodes * walks),
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
  const own = { first, count, node: (index: number) => index - row(0) };
  const kinds = edgeWeights(patterns.labels - 1);
  const stride = kinds.length * walkLength;
  const byNode = linksFrom(own, mass.length, inputs);
  kinds.forEach((weightOf, kind) => {
    const weights = Float64Array.from(byNode.ends, (_, at) => (at < mass.length ? 0 : weightOf[states[first + at]!]!));
    const returns = inputs.returns.subarray(row(0) * stride + kind * walkLength);
    const walks = { returns, between: between.subarray(first * stride + kind * walkLength), stride };
    writeWalks({ ...byNode, weights }, walkLength, walks);
  });
  return (group, pair) => places[group * PAIRS + pair]!;
}

/** Probabilities are rounded to multiples of this, which float32 holds: their last bits would tell in which order nodes were added up. */
const GRAIN = 2 ** -22;

/** The links of a level by the nodes where they begin, those of each in the order of all. */
interface LinksFrom {
  readonly nodes: number;
  /** Where the links of each node begin in `links`, [nodes + 1]. */
  readonly offsets: Int32Array;
  /** Numbers of links, [links]. */
  readonly links: Int32Array;
  /** Of each link, the node where it ends [links]. */
  readonly ends: Int32Array;
}

function linksFrom(
  { first, count, node }: { readonly first: number; readonly count: number; node(row: number): number },
  nodes: number,
  { from, to }: LinkInputs,
): LinksFrom {
  const offsets = new Int32Array(nodes + 1);
  const ends = new Int32Array(count);
  for (let link = 0; link < count; link++) {
    const [u, v] = [node(from[first + link]!), node(to[first + link]!)];
    offsets[u + 1]! += 1;
    ends[link] = v;
  }
  for (let u = 0; u < nodes; u++) offsets[u + 1]! += offsets[u]!;
  const next = offsets.slice(0, nodes);
  const links = new Int32Array(count);
  for (let link = 0; link < count; link++) links[next[node(from[first + link]!)]!++] = link;
  return { nodes, offsets, links, ends };
}

/**
 * The numbers of `walksOf`, one start at a time: what that takes grows with the nodes that are reached from each, not with all.
 *
 * Links begin with one of each node to itself; behind them come those of pairs, either direction next to the other.
 */
function writeWalks(
  { nodes, offsets, links, ends, weights }: LinksFrom & { readonly weights: Float64Array },
  walkLength: number,
  { returns, between, stride }: { readonly returns: Float32Array; readonly between: Float32Array; readonly stride: number }, // prettier-ignore
): void {
  const total = new Float64Array(nodes);
  for (let u = 0; u < nodes; u++) {
    for (let i = offsets[u]!; i < offsets[u + 1]!; i++) total[u]! += weights[links[i]!]!;
  }
  /** Of each link, the probability that a walk from where it begins is where it ends. */
  const arrived = new Float64Array(links.length * walkLength);
  let [here, next] = [new Float64Array(nodes), new Float64Array(nodes)];
  let [reached, after]: [number[], number[]] = [[], []];
  for (let start = 0; start < nodes; start++) {
    reached.push(start);
    here[start] = 1;
    for (let step = 0; step < walkLength; step++) {
      for (const u of reached) {
        const share = here[u]! / Math.max(total[u]!, 1e-6);
        here[u] = 0;
        for (let i = offsets[u]!; i < offsets[u + 1]!; i++) {
          const link = links[i]!;
          const weight = weights[link]!;
          if (weight === 0) continue;
          const v = ends[link]!;
          if (next[v] === 0) after.push(v);
          next[v]! += share * weight;
        }
      }
      [here, next] = [next, here];
      [reached, after] = [after, reached];
      after.length = 0;
      returns[start * stride + step] = rounded(here[start]!);
      for (let i = offsets[start]!; i < offsets[start + 1]!; i++) {
        arrived[links[i]! * walkLength + step] = here[ends[links[i]!]!]!;
      }
    }
    for (const u of reached) here[u] = 0;
    reached.length = 0;
  }
  for (let link = 0; link < links.length; link++) {
    const turned = link < nodes ? link : nodes + ((link - nodes) ^ 1);
    for (let step = 0; step < walkLength; step++) {
      // The mean of both directions.
      const mean = arrived[link * walkLength + step]! / 2 + arrived[turned * walkLength + step]! / 2;
      between[link * stride + step] = rounded(mean);
    }
  }
}

function rounded(probability: number): number {
  return Math.round(probability / GRAIN) * GRAIN;
}
