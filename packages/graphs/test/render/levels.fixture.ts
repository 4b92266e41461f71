import { integerSource, randomStream } from "@nextscale/refinement-core";
import { edgesOf, graphOf, type Edge, type Graph } from "../../src/graph/graph.js";
import type { ScaleLevel } from "../../src/render/scale-strip.js";

/** Scales of a graph, coarsest first: neighbours are joined in pairs, in a random order, until that changes nothing. */
export function pairedLevels(graph: Graph): ScaleLevel[] {
  const draw = integerSource(randomStream(0, "test/levels"));
  const levels: ScaleLevel[] = [];
  let [current, mass] = [graph, new Int32Array(graph.nodeCount).fill(1)];
  for (;;) {
    const partner = new Int32Array(current.nodeCount).fill(-1);
    const edges = edgesOf(current).map((edge) => ({ edge, at: mass[edge[0]]! + mass[edge[1]]! + draw(1000) / 1000 }));
    for (const {
      edge: [a, b],
    } of edges.sort((x, y) => x.at - y.at)) {
      // prettier-ignore
      if (partner[a] === -1 && partner[b] === -1) [partner[a], partner[b]] = [b, a];
    }
    const parents = new Int32Array(current.nodeCount).fill(-1);
    let count = 0;
    for (let v = 0; v < parents.length; v++) {
      if (parents[v] !== -1) continue;
      parents[v] = count++;
      if (partner[v] !== -1) parents[partner[v]!] = parents[v]!;
    }
    if (count === current.nodeCount) {
      levels.unshift({ graph: current, mass, parents: new Int32Array(0) });
      return levels;
    }
    levels.unshift({ graph: current, mass, parents });
    const masses = new Int32Array(count);
    parents.forEach((parent, v) => (masses[parent]! += mass[v]!));
    const joined = new Map<number, Edge>();
    for (const [a, b] of edgesOf(current)) {
      const [from, to] = [Math.min(parents[a]!, parents[b]!), Math.max(parents[a]!, parents[b]!)];
      if (from !== to) joined.set(from * count + to, [from, to]);
    }
    [current, mass] = [graphOf({ nodeCount: count, edges: [...joined.values()] }), masses];
  }
}
