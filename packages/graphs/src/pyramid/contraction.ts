import type { Coarsening } from "@nextscale/refinement-core";
import { edgeLabel, graphOf, type Edge } from "../graph/graph.js";
import { expand, PAIRS, type Candidates } from "./candidates.js";
import { contract } from "./contract.js";
import type { Level } from "./level.js";
import { patternOf, type Patterns } from "./patterns.js";

/** What a level has beyond what the coarser one says of it: eq. 14, discrete but for the composition. */
export interface Residual {
  /** Pattern of each group of candidates. */
  readonly patterns: Int32Array;
  /** What becomes of each node at the next finer level, as in {@link Level}. */
  readonly splits: Int32Array;
  /** Composition against the parent's, [n, labels]. */
  readonly composition: Float32Array;
  /** Label of each node at the finest level; empty at others. */
  readonly nodeLabels: Uint8Array;
}

/**
 * The coarsening of graphs: pairs of nodes become one, and the residual says which of the possible edges are there. A level that `add` returns has
 * no keys; all else of a level of a hierarchy comes back exactly, compositions but for their rounding.
 */
export function contraction(patterns: Patterns): Coarsening<Level, Residual, Candidates> {
  return {
    coarsen: (fine) => contract(fine).coarse,
    expand,
    subtract: (fine, guess) => subtract(fine, guess, patterns),
    add: (guess, residual) => add(guess, residual, patterns),
  };
}

function subtract(fine: Level, { groups, composition, finest }: Candidates, patterns: Patterns): Residual {
  const labelOf = (u: number, v: number): number => {
    if (u < 0) return 0;
    const label = edgeLabel(fine.graph, u, v);
    return label === undefined ? 0 : label + 1;
  };
  const pairAt = (group: number, pair: number) => (group * PAIRS + pair) * 2;
  return {
    patterns: Int32Array.from({ length: groups.count }, (_, group) => {
      const labels = [0, 1, 2, 3].map((pair) => {
        const at = pairAt(group, pair);
        return labelOf(groups.pairs[at]!, groups.pairs[at + 1]!);
      });
      return patternOf(labels, patterns);
    }),
    splits: fine.splits,
    composition: fine.composition.map((value, at) => value - composition[at]!),
    nodeLabels: finest ? fine.graph.nodeLabels : new Uint8Array(0),
  };
}

function add(guess: Candidates, residual: Residual, { digits }: Patterns): Level {
  const { groups, mass, finest } = guess;
  const edges: Edge[] = [];
  for (let at = 0; at < groups.count * PAIRS; at++) {
    const label = digits[residual.patterns[Math.floor(at / PAIRS)]! * PAIRS + (at % PAIRS)]!;
    if (label > 0) edges.push([groups.pairs[2 * at]!, groups.pairs[2 * at + 1]!, label - 1]);
  }
  const nodeCount = mass.length;
  return {
    graph: graphOf({ nodeCount, edges, ...(finest ? { nodeLabels: residual.nodeLabels } : {}) }),
    mass,
    composition: guess.composition.map((value, at) => value + residual.composition[at]!),
    splits: residual.splits,
    keys: new Float64Array(0),
  };
}
