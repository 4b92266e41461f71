import { permutation, type Address, type RandomStream } from "@nextscale/refinement-core";
import { neighboursOf, type Graph } from "../graph/graph.js";
import { logFactorialsUpTo } from "../math/log-factorials.js";
import {
  costOfMerging,
  costOfMoving,
  descriptionLength,
  merge,
  move,
  partitionOf,
  type BlockPartition,
} from "./block-partition.js";
import { renumbered, smallCommunities } from "./communities.js";

/** A stochastic block model fitted to a graph. */
export interface BlockModel {
  /** Block of each node, numbered from 0 in the order of their first nodes, [nodeCount]. */
  readonly blockOf: Int32Array;
  /** Nodes of each block, [blocks]. */
  readonly sizes: Float64Array;
  /** Edges within and between blocks, symmetric, [blocks, blocks]. */
  readonly edges: Float64Array;
  /** Description length in nats, of the partition and of the edges given it. */
  readonly nats: number;
}

/** Starts from different random orders, of which the best counts. One is enough for all 200 graphs of the published set. */
const STARTS = 4;

/** Rounds of merges and moves end by themselves, after two or three; rounding must not keep them going. */
const MOST_ROUNDS = 50;
const SHORTER = -1e-9;

/**
 * The partition of the shortest description length (see {@link descriptionLength}) that a search finds: from small communities,
 * merges each block with the one that gains most for as long as any gain, then moves nodes one by one to the block that gains most,
 * and so on in turns. Time grows with the cube of the number of small communities: it is meant for graphs of some hundred nodes.
 *
 * @param stream draws the orders in which nodes take turns; the site of the address is the search's own
 */
export function fitBlockModel(graph: Graph, stream: RandomStream, address: Address = {}): BlockModel {
  const n = graph.nodeCount;
  const logFactorials = logFactorialsUpTo((n * (n - 1)) / 2 + 1);
  let best: { readonly blockOf: Int32Array; readonly nats: number } | undefined;
  for (let site = 0; site < STARTS; site++) {
    const order = permutation(stream, n, { ...address, site });
    const partition = partitionOf(graph, smallCommunities(graph, order), logFactorials);
    shorten(graph, partition, order);
    const nats = descriptionLength(partition);
    if (best === undefined || nats < best.nats) best = { blockOf: partition.blockOf, nats };
  }
  const { blockOf, sizes, edges } = partitionOf(graph, renumbered(best!.blockOf), logFactorials);
  return { blockOf, sizes, edges, nats: best!.nats };
}

function shorten(graph: Graph, partition: BlockPartition, order: Int32Array): void {
  let changed = true;
  for (let round = 0; changed && round < MOST_ROUNDS; round++) {
    changed = false;
    while (mergeBlocks(partition)) changed = true;
    if (moveNodes(graph, partition, order)) changed = true;
  }
}

/** Merges each block in turn with the one that gains most; false when none gains. */
function mergeBlocks(partition: BlockPartition): boolean {
  let merged = false;
  for (let r = 0; r < partition.room; r++) {
    if (partition.sizes[r] === 0) continue;
    let [best, bestCost] = [-1, SHORTER];
    for (let s = 0; s < partition.room; s++) {
      if (s === r || partition.sizes[s] === 0) continue;
      const cost = costOfMerging(partition, r, s);
      if (cost < bestCost) [best, bestCost] = [s, cost];
    }
    if (best === -1) continue;
    merge(partition, best, r);
    merged = true;
  }
  return merged;
}

/** Gives every node one turn; false when none moved. */
function moveNodes(graph: Graph, partition: BlockPartition, order: Int32Array): boolean {
  const links = new Float64Array(partition.room);
  let moved = false;
  for (const v of order) {
    links.fill(0);
    for (const other of neighboursOf(graph, v)) links[partition.blockOf[other]!]! += 1;
    const own = partition.blockOf[v]!;
    let [best, bestCost] = [own, SHORTER];
    for (let s = 0; s < partition.room; s++) {
      if (s === own || partition.sizes[s] === 0) continue;
      const cost = costOfMoving(partition, links, own, s);
      if (cost < bestCost) [best, bestCost] = [s, cost];
    }
    if (best === own) continue;
    move(partition, links, v, best);
    moved = true;
  }
  return moved;
}
