import type { Graph } from "./graph.js";

/** Colours of nodes that any numbering of the same graph gives to the same nodes. */
export interface Colouring {
  /** A hash of 53 bits for each node, [nodeCount]. Nodes of isomorphic graphs that correspond have the same. */
  readonly colours: Float64Array;
  /** Number of different colours. */
  readonly count: number;
}

/** Steps that refinement may take, a fraction of a second. A path needs half as many rounds as it has nodes; most graphs need five. */
const MOST_STEPS = 3e6;

/**
 * Colour refinement (Weisfeiler and Leman 1968): a node's colour is hashed with the multiset of its neighbours' colours and the
 * labels of the edges to them, until no colour splits any further. It starts from the labels of nodes. Equal colours are no
 * proof of anything, different ones are.
 */
export function refineColours(graph: Graph): Colouring {
  const { nodeCount, offsets, neighbours, nodeLabels, edgeLabels } = graph;
  // Two lanes of 32 bits. A sum of well mixed hashes is a hash of a multiset, exact in any order.
  let low = Uint32Array.from(nodeLabels, (label) => mix(label ^ 0x9e3779b9));
  let high = Uint32Array.from(nodeLabels, (label) => mix(label ^ 0x85ebca6b));
  let colours = joined(low, high);
  let count = countDifferent(colours);
  const mostRounds = Math.max(1, Math.floor(MOST_STEPS / (nodeCount + neighbours.length + 1)));
  // The last round splits nothing and counts: the labels of the edges of a regular graph are in it.
  for (let round = 0, before = -1; round < mostRounds && before < count; round++) {
    const [nextLow, nextHigh] = [new Uint32Array(nodeCount), new Uint32Array(nodeCount)];
    for (let v = 0; v < nodeCount; v++) {
      let [sumLow, sumHigh] = [0, 0];
      for (let at = offsets[v]!; at < offsets[v + 1]!; at++) {
        const other = neighbours[at]!;
        const label = Math.imul(edgeLabels[at]! + 1, 0x27d4eb2f);
        sumLow = (sumLow + mix(low[other]! ^ label ^ mix(high[other]!))) | 0;
        sumHigh = (sumHigh + mix(high[other]! ^ mix(label ^ low[other]!))) | 0;
      }
      nextLow[v] = mix(low[v]! ^ mix(sumLow ^ 0x165667b1));
      nextHigh[v] = mix(high[v]! ^ mix(sumHigh ^ mix(sumLow)));
    }
    [low, high, colours] = [nextLow, nextHigh, joined(nextLow, nextHigh)];
    [before, count] = [count, countDifferent(colours)];
  }
  return { colours, count };
}

/**
 * A short text that isomorphic graphs share, labels included: numbers of nodes and edges and a hash of the multiset of colours.
 * Graphs with different keys are not isomorphic; graphs with the same key nearly always are, unless they are regular.
 */
export function graphKey(graph: Graph): string {
  return keyOf(graph, refineColours(graph));
}

/** The key of a graph whose colours are known. */
export function keyOf(graph: Graph, { colours }: Colouring): string {
  let [low, high] = [0, 0];
  for (const colour of colours) {
    const upper = Math.floor(colour / 2 ** 32);
    low = (low + mix((colour >>> 0) ^ mix(upper))) | 0;
    high = (high + mix(upper ^ mix((colour >>> 0) ^ 0x9e3779b9))) | 0;
  }
  const digits = (word: number): string => (word >>> 0).toString(16).padStart(8, "0");
  return `${graph.nodeCount}-${graph.edgeCount}-${digits(high)}${digits(low)}`;
}

/** A bijection of 32 bits in which every bit of the input moves every bit of the output (MurmurHash3's finaliser, Appleby 2011). */
function mix(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}

function countDifferent(colours: Float64Array): number {
  const sorted = colours.slice().sort();
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) count += 1;
  return count;
}

/** 53 bits of two lanes in one number. */
function joined(low: Uint32Array, high: Uint32Array): Float64Array {
  return Float64Array.from(low, (word, v) => (high[v]! >>> 11) * 2 ** 32 + word);
}
