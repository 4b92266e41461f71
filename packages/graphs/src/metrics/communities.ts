import { degreeOf, neighboursOf, type Graph } from "../graph/graph.js";

/** Sweeps end when no node moves; modularity rises with every move, and a hundred sweeps are far beyond what it takes. */
const MOST_SWEEPS = 100;

/**
 * Communities by the first phase of Louvain (Blondel et al. 2008): from one community a node, each node in turn goes where
 * modularity rises most, until none moves. Communities of communities are not sought, so there are rather too many than too few.
 *
 * @param order in which nodes take their turns
 * @returns the community of each node, numbered from 0, [nodeCount]
 */
export function smallCommunities(graph: Graph, order: Int32Array): Int32Array {
  const n = graph.nodeCount;
  const communityOf = Int32Array.from({ length: n }, (_, v) => v);
  const degrees = Float64Array.from({ length: n }, (_, v) => degreeOf(graph, v));
  const twiceEdges = Math.max(1, 2 * graph.edgeCount);
  const links = new Float64Array(n);
  let moved = true;
  for (let sweep = 0; moved && sweep < MOST_SWEEPS; sweep++) {
    moved = false;
    for (const v of order) {
      const own = communityOf[v]!;
      const degree = degreeOf(graph, v);
      for (const other of neighboursOf(graph, v)) links[communityOf[other]!]! += 1;
      degrees[own]! -= degree;
      const gain = (community: number): number => links[community]! - (degree * degrees[community]!) / twiceEdges;
      let [best, bestGain] = [own, gain(own)];
      for (const other of neighboursOf(graph, v)) {
        const community = communityOf[other]!;
        // Rounding must not make two communities trade a node for ever.
        if (gain(community) > bestGain + 1e-9) [best, bestGain] = [community, gain(community)];
      }
      degrees[best]! += degree;
      communityOf[v] = best;
      if (best !== own) moved = true;
      for (const other of neighboursOf(graph, v)) links[communityOf[other]!] = 0;
      links[own] = 0;
    }
  }
  return renumbered(communityOf);
}

/** Numbers from 0 in the order in which they first come. */
export function renumbered(labels: Int32Array): Int32Array {
  const names = new Map<number, number>();
  return labels.map((label) => {
    const name = names.get(label) ?? names.size;
    names.set(label, name);
    return name;
  });
}
