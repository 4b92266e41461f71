import type { Coarsening } from "@nextscale/refinement-core";
import { edgeLabel, graphOf, type Edge } from "../graph/graph.js";
import { expand, PAIRS, type Candidates } from "./candidates.js";
import type { Codes } from "./codes.js";
import { contract } from "./contract.js";
import { formulaAt } from "./formula.js";
import type { Level } from "./level.js";
import { patternOf, type Patterns } from "./patterns.js";

/**
 * The coarsening of graphs: pairs of nodes become one, and the residual says which of the possible edges are there. A level that `add` returns has
 * no keys; all else of a level of a hierarchy comes back exactly.
 */
export function contraction(patterns: Patterns): Coarsening<Level, Codes, Candidates> {
  return {
    coarsen: (fine) => contract(fine).coarse,
    expand,
    subtract,
    add: (guess, codes) => add(guess, codes, patterns),
  };
}

function subtract(fine: Level, { groups }: Candidates): Codes {
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
      return patternOf(labels);
    }),
    splits: fine.splits,
  };
}

function add(guess: Candidates, { patterns: chosen, splits }: Codes, { digits, labels }: Patterns): Level {
  const { groups, mass, formulas, labelled } = guess;
  const edges: Edge[] = [];
  for (let at = 0; at < groups.count * PAIRS; at++) {
    const label = digits[chosen[Math.floor(at / PAIRS)]! * PAIRS + (at % PAIRS)]!;
    if (label > 0) edges.push([groups.pairs[2 * at]!, groups.pairs[2 * at + 1]!, label - 1]);
  }
  const nodeCount = mass.length;
  const single = mass.every((m) => m === 1);
  return {
    graph: graphOf({ nodeCount, edges, ...(single ? { nodeLabels: labelsOf(formulas, nodeCount) } : {}) }),
    labelled: labelled && labels > 2,
    mass,
    formulas,
    splits,
    keys: new Float64Array(0),
  };
}

/** The label of each of a number of single nodes. */
function labelsOf(formulas: Int32Array, nodes: number): Uint8Array {
  const labels = formulas.length / nodes;
  return Uint8Array.from({ length: nodes }, (_, node) => formulaAt(formulas, node, labels).indexOf(1));
}
