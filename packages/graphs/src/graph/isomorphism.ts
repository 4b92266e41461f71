import { NextscaleError } from "@nextscale/engine";
import { keyOf, refineColours, type Colouring } from "./colour-refinement.js";
import { degreeOf, edgeLabel, neighboursOf, type Graph } from "./graph.js";

/** Settings of a search for an isomorphism. */
export interface IsomorphismOptions {
  /**
   * Neighbours that the search may look at, one million unless told: about ten milliseconds. It goes by steps, not by time, so that
   * a result is the same on every machine.
   */
  readonly budget?: number;
}

/** What a search for an isomorphism found. */
export type Isomorphism =
  /** Node `v` of the first graph is node `mapping[v]` of the second. */
  | { readonly kind: "isomorphic"; readonly mapping: Int32Array; readonly steps: number }
  | { readonly kind: "different"; readonly steps: number }
  /** The budget ran out. */
  | { readonly kind: "undecided"; readonly steps: number };

const DEFAULT_BUDGET = 1_000_000;

/**
 * Whether two graphs are the same but for the numbers of their nodes, labels of nodes and edges included. Running out of budget
 * counts as the same, so that nothing is called new without proof; {@link findIsomorphism} tells the two apart.
 *
 * @throws NextscaleError `invalid-argument` for a budget that is no number of steps
 */
export function areIsomorphic(a: Graph, b: Graph, options: IsomorphismOptions = {}): boolean {
  return findIsomorphism(a, b, options).kind !== "different";
}

/**
 * Searches for an isomorphism of labelled graphs: colours first, then depth-first as VF2 does (Cordella et al. 2004), each node
 * after one of its neighbours, among nodes of its colour.
 *
 * @throws NextscaleError `invalid-argument` for a budget that is no number of steps
 */
export function findIsomorphism(a: Graph, b: Graph, options: IsomorphismOptions = {}): Isomorphism {
  const budget = requireBudget(options.budget);
  if (a.nodeCount !== b.nodeCount || a.edgeCount !== b.edgeCount) return { kind: "different", steps: 0 };
  return searchColoured({ graph: a, colouring: refineColours(a) }, { graph: b, colouring: refineColours(b) }, budget);
}

/** A graph with its colours. */
export interface ColouredGraph {
  readonly graph: Graph;
  readonly colouring: Colouring;
}

/** The search between two graphs whose colours are known. */
export function searchColoured(first: ColouredGraph, second: ColouredGraph, budget: number): Isomorphism {
  if (keyOf(first.graph, first.colouring) !== keyOf(second.graph, second.colouring)) {
    return { kind: "different", steps: 0 };
  }
  const plan = searchPlan(first);
  const candidates = byColour(second.colouring.colours);
  return search({ a: first.graph, b: second.graph, plan, second, candidates, budget });
}

/** @throws NextscaleError `invalid-argument` for a budget that is no number of steps */
export function requireBudget(budget: number = DEFAULT_BUDGET): number {
  if (Number.isSafeInteger(budget) && budget >= 0) return budget;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "graphs/findIsomorphism",
    expected: "a budget that is a whole number of steps",
    got: `${budget}`,
  });
}

/** In which order the nodes of a graph are mapped. */
interface SearchPlan {
  readonly order: Int32Array;
  /** Of each position: the position of a neighbour that comes earlier; -1 for the first node of a component. */
  readonly anchor: Int32Array;
  /** Of each position: where its component begins. */
  readonly start: Int32Array;
  /** Position of each node. */
  readonly position: Int32Array;
  readonly colours: Float64Array;
}

/** Breadth first in each component, from nodes of rare colours, which leave few candidates. */
function searchPlan({ graph, colouring: { colours } }: ColouredGraph): SearchPlan {
  const n = graph.nodeCount;
  const sizes = new Map<number, number>();
  for (const colour of colours) sizes.set(colour, (sizes.get(colour) ?? 0) + 1);
  const rarity = Float64Array.from(colours, (colour) => sizes.get(colour)!);
  const byRarity = (x: number, y: number): number => rarity[x]! - rarity[y]!;
  const order = new Int32Array(n);
  const anchor = new Int32Array(n).fill(-1);
  const start = new Int32Array(n);
  const position = new Int32Array(n).fill(-1);
  let placed = 0;
  for (const root of Int32Array.from({ length: n }, (_, v) => v).sort(byRarity)) {
    if (position[root] !== -1) continue;
    const begin = placed;
    position[root] = placed;
    order[placed++] = root;
    for (let at = begin; at < placed; at++) {
      start[at] = begin;
      for (const other of neighboursOf(graph, order[at]!).slice().sort(byRarity)) {
        if (position[other] !== -1) continue;
        position[other] = placed;
        anchor[placed] = at;
        order[placed++] = other;
      }
    }
  }
  return { order, anchor, start, position, colours };
}

function byColour(colours: Float64Array): ReadonlyMap<number, readonly number[]> {
  const nodes = new Map<number, number[]>();
  colours.forEach((colour, v) => {
    const same = nodes.get(colour);
    if (same === undefined) nodes.set(colour, [v]);
    else same.push(v);
  });
  return nodes;
}

interface Search {
  readonly a: Graph;
  readonly b: Graph;
  readonly plan: SearchPlan;
  readonly second: ColouredGraph;
  readonly candidates: ReadonlyMap<number, readonly number[]>;
  readonly budget: number;
}

/**
 * Depth first without recursion, which would overflow on long paths. A component that is mapped whole stays mapped: components that
 * are isomorphic to one another are interchangeable, so that another choice cannot help the next one.
 */
function search({ a, b, plan, second, candidates, budget }: Search): Isomorphism {
  const { order, anchor, start } = plan;
  const n = order.length;
  const image = new Int32Array(n).fill(-1);
  const mapped = new Int32Array(n).fill(-1);
  /** Where each position goes on looking among its candidates. */
  const next = new Int32Array(n);
  /** Candidates of each colour before this one belong to components that stay mapped. */
  const firstFree = new Map<number, number>();
  let [steps, p] = [0, 0];
  while (p < n) {
    const v = order[p]!;
    const root = anchor[p] === -1;
    const colour = plan.colours[v]!;
    const list = root ? (candidates.get(colour) ?? []) : neighboursOf(b, image[order[anchor[p]!]!]!);
    if (root && next[p] === 0) {
      next[p] = firstUnmapped(list, firstFree.get(colour) ?? 0, mapped);
      firstFree.set(colour, next[p]!);
    }
    let found = -1;
    while (found === -1 && next[p]! < list.length) {
      const candidate = list[next[p]!++]!;
      steps += 1;
      if (mapped[candidate] !== -1 || second.colouring.colours[candidate] !== colour) continue;
      steps += degreeOf(a, v) + degreeOf(b, candidate);
      if (steps > budget) return { kind: "undecided", steps };
      if (fits(a, b, v, candidate, image, mapped)) found = candidate;
    }
    if (steps > budget) return { kind: "undecided", steps };
    if (found !== -1) {
      image[v] = found;
      mapped[found] = v;
      p += 1;
      if (p < n) next[p] = 0;
      continue;
    }
    if (p === start[p]) return { kind: "different", steps };
    p -= 1;
    mapped[image[order[p]!]!] = -1;
    image[order[p]!] = -1;
  }
  return { kind: "isomorphic", mapping: image, steps };
}

function firstUnmapped(list: ArrayLike<number>, from: number, mapped: Int32Array): number {
  let at = from;
  while (at < list.length && mapped[list[at]!] !== -1) at++;
  return at;
}

/** Whether mapping v keeps all edges to nodes that are mapped, with their labels, and adds none. */
function fits(a: Graph, b: Graph, v: number, candidate: number, image: Int32Array, mapped: Int32Array): boolean {
  let edges = 0;
  for (let at = a.offsets[v]!; at < a.offsets[v + 1]!; at++) {
    const to = image[a.neighbours[at]!]!;
    if (to === -1) continue;
    if (edgeLabel(b, candidate, to) !== a.edgeLabels[at]) return false;
    edges += 1;
  }
  for (const other of neighboursOf(b, candidate)) if (mapped[other] !== -1) edges -= 1;
  return edges === 0;
}
