import { edgesOf, graphOf, type Edge } from "../graph/graph.js";
import { mixed } from "./keys.js";
import type { Level } from "./level.js";
import { matching } from "./matching.js";

/** A level and where its nodes went. */
export interface Contracted {
  readonly coarse: Level;
  /** Node of the coarse level that each node of the fine one is in, [n]. */
  readonly parents: Int32Array;
}

/**
 * The next coarser level: pairs of nodes become one. Masses add up, compositions are averaged, two clusters are joined where any of their
 * nodes are.
 */
export function contract(fine: Level): Contracted {
  const { graph, mass, keys } = fine;
  const partner = matching({ graph, mass, keys });
  const parents = new Int32Array(graph.nodeCount);
  const firsts: number[] = [];
  partner.forEach((other, node) => {
    if (other < node) return;
    parents[node] = firsts.length;
    parents[other] = firsts.length;
    firsts.push(node);
  });
  return { coarse: merged(fine, partner, parents, firsts), parents };
}

function merged(fine: Level, partner: Int32Array, parents: Int32Array, firsts: readonly number[]): Level {
  const { graph, mass, composition, keys } = fine;
  const labels = composition.length / graph.nodeCount;
  const edges = new Map<number, Edge>();
  for (const [a, b] of edgesOf(graph)) {
    const [p, q] = [Math.min(parents[a]!, parents[b]!), Math.max(parents[a]!, parents[b]!)];
    if (p !== q) edges.set(p * firsts.length + q, [p, q]);
  }
  const masses = firsts.map((a) => (partner[a] === a ? mass[a]! : mass[a]! + mass[partner[a]!]!));
  return {
    graph: graphOf({ nodeCount: firsts.length, edges: [...edges.values()] }),
    mass: Int32Array.from(masses),
    composition: Float32Array.from({ length: firsts.length * labels }, (_, at) => {
      const a = firsts[Math.floor(at / labels)]!;
      const b = partner[a]!;
      const [ofA, ofB] = [a, b].map((node) => composition[node * labels + (at % labels)]!) as [number, number];
      return a === b ? ofA : (mass[a]! * ofA + mass[b]! * ofB) / (mass[a]! + mass[b]!);
    }),
    splits: Int32Array.from(firsts, (a) => (partner[a] === a ? 0 : Math.min(mass[a]!, mass[partner[a]!]!))),
    keys: Float64Array.from(firsts, (a) =>
      partner[a] === a ? keys[a]! : mixed(keys[a]!, keys[partner[a]!]!, "merged"),
    ),
  };
}
