import { permutation, randomStream } from "@nextscale/refinement-core";
import { permuted, type Graph } from "../graph/graph.js";

/** A fixed stream: a data set is the same for everybody. */
const STREAM = randomStream(0, "graphs/data/node-order");

/**
 * The same graph with its nodes in a random order that depends only on its place in its data set.
 *
 * Published files tell more by the order of the nodes than a model may know: SBM and the community sets list them community by
 * community (the mean of |u - v| / n over the edges of SBM is 0.13; of a random order it is 1/3), ENZYMES by label. Whatever a model
 * or a metric gains from that it loses on every other order, so all sets are shuffled as they are read.
 */
export function withShuffledNodes(graph: Graph, index: number): Graph {
  return permuted(graph, permutation(STREAM, graph.nodeCount, { item: index }));
}
