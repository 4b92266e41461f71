import { neighboursOf, type Graph } from "../graph/graph.js";

/** A partition of a graph's nodes with what its description length is made of. It changes in place. */
export interface BlockPartition {
  /** Block of each node, [nodeCount]. */
  readonly blockOf: Int32Array;
  /** Room for this many blocks; some may be empty. */
  readonly room: number;
  /** Nodes of each block, [room]. */
  readonly sizes: Float64Array;
  /** Edges within and between blocks, symmetric, [room, room]. */
  readonly edges: Float64Array;
  /** ln k! for k up to the number of pairs of nodes + 1. */
  readonly logFactorials: Float64Array;
}

/** A partition by the block of each node, from 0. */
export function partitionOf(graph: Graph, blockOf: Int32Array, logFactorials: Float64Array): BlockPartition {
  const room = blockOf.reduce((most, block) => Math.max(most, block), -1) + 1;
  const sizes = new Float64Array(room);
  const edges = new Float64Array(room * room);
  for (let v = 0; v < graph.nodeCount; v++) {
    const r = blockOf[v]!;
    sizes[r]! += 1;
    for (const other of neighboursOf(graph, v)) {
      const s = blockOf[other]!;
      // Within a block an edge is met from both ends.
      edges[r * room + s]! += r === s ? 0.5 : 1;
    }
  }
  return { blockOf: blockOf.slice(), room, sizes, edges, logFactorials };
}

/**
 * −ln of the probability of the edges and of the partition: the density of each pair of blocks integrated out under a uniform prior,
 * Π_{r≤s} B(m_rs + 1, M_rs − m_rs + 1) with m_rs edges among M_rs pairs of nodes, and Π n_r! / n! / C(n − 1, B − 1) / n for B blocks of
 * n_r nodes (Peixoto 2019, "Bayesian stochastic blockmodeling"), in nats.
 */
export function descriptionLength(partition: BlockPartition): number {
  const { room, sizes, logFactorials } = partition;
  const present = Array.from({ length: room }, (_, r) => r).filter((r) => sizes[r]! > 0);
  let nats = partitionCost(partition, present.length) + logFactorials[sum(sizes)]!;
  for (const r of present) {
    nats -= logFactorials[sizes[r]!]!;
    for (const s of present) if (s <= r) nats += costOf(partition, r, s);
  }
  return nats;
}

/** What joining two blocks adds to the description length, in nats. */
export function costOfMerging(partition: BlockPartition, r: number, s: number): number {
  const { room, sizes, edges, logFactorials } = partition;
  const [nr, ns] = [sizes[r]!, sizes[s]!];
  const both = nr + ns;
  const at = (i: number, j: number): number => edges[i * room + j]!;
  let cost = pairCost(at(r, r) + at(s, s) + at(r, s), (both * (both - 1)) / 2, logFactorials);
  cost -= costOf(partition, r, r) + costOf(partition, s, s) + costOf(partition, r, s);
  let blocks = 0;
  for (let t = 0; t < room; t++) {
    if (sizes[t] === 0) continue;
    blocks += 1;
    if (t === r || t === s) continue;
    cost += pairCost(at(r, t) + at(s, t), both * sizes[t]!, logFactorials);
    cost -= costOf(partition, r, t) + costOf(partition, s, t);
  }
  cost += logFactorials[nr]! + logFactorials[ns]! - logFactorials[both]!;
  return cost + partitionCost(partition, blocks - 1) - partitionCost(partition, blocks);
}

/** Joins block s to block r. */
export function merge(partition: BlockPartition, r: number, s: number): void {
  const { blockOf, room, sizes, edges } = partition;
  for (let v = 0; v < blockOf.length; v++) if (blockOf[v] === s) blockOf[v] = r;
  edges[r * room + r]! += edges[s * room + s]! + edges[r * room + s]!;
  for (let t = 0; t < room; t++) {
    if (t !== r && t !== s) {
      edges[r * room + t]! += edges[s * room + t]!;
      edges[t * room + r] = edges[r * room + t]!;
    }
    edges[s * room + t] = 0;
    edges[t * room + s] = 0;
  }
  sizes[r]! += sizes[s]!;
  sizes[s] = 0;
}

/**
 * What moving a node of block r to block s adds to the description length, in nats.
 *
 * @param links edges from the node to each block, [room]
 */
export function costOfMoving(partition: BlockPartition, links: Float64Array, r: number, s: number): number {
  const { room, sizes, edges, logFactorials } = partition;
  const [nr, ns] = [sizes[r]!, sizes[s]!];
  const at = (i: number, j: number): number => edges[i * room + j]!;
  let cost = pairCost(at(r, r) - links[r]!, ((nr - 1) * (nr - 2)) / 2, logFactorials);
  cost += pairCost(at(s, s) + links[s]!, ((ns + 1) * ns) / 2, logFactorials);
  cost += pairCost(at(r, s) - links[s]! + links[r]!, (nr - 1) * (ns + 1), logFactorials);
  cost -= costOf(partition, r, r) + costOf(partition, s, s) + costOf(partition, r, s);
  let blocks = 0;
  for (let t = 0; t < room; t++) {
    if (sizes[t] === 0) continue;
    blocks += 1;
    if (t === r || t === s) continue;
    cost += pairCost(at(r, t) - links[t]!, (nr - 1) * sizes[t]!, logFactorials);
    cost += pairCost(at(s, t) + links[t]!, (ns + 1) * sizes[t]!, logFactorials);
    cost -= costOf(partition, r, t) + costOf(partition, s, t);
  }
  cost += logFactorials[nr]! - logFactorials[nr - 1]! + logFactorials[ns]! - logFactorials[ns + 1]!;
  const after = blocks - (nr === 1 ? 1 : 0) + (ns === 0 ? 1 : 0);
  return cost + partitionCost(partition, after) - partitionCost(partition, blocks);
}

/** Moves a node to block s. */
export function move(partition: BlockPartition, links: Float64Array, node: number, s: number): void {
  const { blockOf, room, sizes, edges } = partition;
  const r = blockOf[node]!;
  for (let t = 0; t < room; t++) {
    if (links[t] === 0) continue;
    edges[r * room + t]! -= links[t]!;
    if (t !== r) edges[t * room + r] = edges[r * room + t]!;
  }
  for (let t = 0; t < room; t++) {
    if (links[t] === 0) continue;
    edges[s * room + t]! += links[t]!;
    if (t !== s) edges[t * room + s] = edges[s * room + t]!;
  }
  sizes[r]! -= 1;
  sizes[s]! += 1;
  blockOf[node] = s;
}

/** Of the edges between two blocks or within one. */
function costOf({ room, sizes, edges, logFactorials }: BlockPartition, r: number, s: number): number {
  const pairs = r === s ? (sizes[r]! * (sizes[r]! - 1)) / 2 : sizes[r]! * sizes[s]!;
  return pairCost(edges[r * room + s]!, pairs, logFactorials);
}

/** −ln B(m + 1, M − m + 1). */
function pairCost(edges: number, pairs: number, logFactorials: Float64Array): number {
  return logFactorials[pairs + 1]! - logFactorials[edges]! - logFactorials[pairs - edges]!;
}

/** ln C(n − 1, B − 1) + ln n. */
function partitionCost({ blockOf: { length: n }, logFactorials }: BlockPartition, blocks: number): number {
  return logFactorials[n - 1]! - logFactorials[blocks - 1]! - logFactorials[n - blocks]! + Math.log(n);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
