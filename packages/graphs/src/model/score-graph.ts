import { randomStream, type RandomStream } from "@nextscale/refinement-core";
import { encodeGraph, type Coding, type EncodedLevel } from "../codes/encode-graph.js";
import type { Graph } from "../graph/graph.js";
import { formulaOf } from "../pyramid/formula.js";
import { scored } from "../sampling/choose.js";
import { earlyIn } from "../sampling/early.js";
import { orderOf, type SubstepPlan } from "../sampling/reveal-order.js";
import { reveal, type RevealOptions } from "../sampling/reveal.js";
import type { RootLaw } from "../sampling/root.js";
import type { GraphScore } from "./graph-model.js";

/** What a graph is scored with. */
export interface ScoreGraphOptions {
  readonly coding: Coding;
  /** Of what graphs are made of. */
  readonly root: RootLaw;
  readonly predict: RevealOptions["predict"];
  /** Of the keys that make its levels, one for each set of levels that is tried. */
  readonly keys: readonly RandomStream[];
  /** Of the order in which codes are asked for. */
  readonly orders: RandomStream;
  readonly substeps: SubstepPlan;
}

/**
 * The probability of a graph's codes at several sets of levels of it, those that are the same counted once. A graph of a size that the model does not
 * make is not looked at any further.
 */
export async function scoreGraph(
  graph: Graph,
  item: number,
  { coding, root, predict, keys, orders, substeps }: ScoreGraphOptions,
): Promise<GraphScore> {
  const { config } = coding;
  const ofFormula = root.logProbability(formulaOf(graph.nodeLabels, config.nodeLabels));
  if (ofFormula === -Infinity)
    return { logProbability: -Infinity, bitsPerNode: Infinity, hierarchies: 0, evaluations: 0 };
  const found = new Map<string, number>();
  let evaluations = 0;
  for (const stream of keys) {
    const levels = encodeGraph(graph, coding, { stream, item });
    // Sets are many, and their codes long.
    const name = randomStream(0, levels.map(nameOfCodes).join("/")).key.join();
    if (found.has(name)) continue;
    let total = 0;
    for (const [scale, { candidates, codes }] of levels.entries()) {
      const choice = await reveal({
        ...{ config, predict },
        order: (sites, at) => orderOf(substeps, sites, at, { random: { stream: orders, item, scale }, config }),
        early: earlyIn(substeps, config, { splitCodes: coding.splits, temperature: 1 }),
        choose: scored(codes, coding.splits),
      })()({ index: scale, context: candidates });
      total += choice.logProbability;
      evaluations += choice.evaluations;
    }
    found.set(name, total);
  }
  const logProbability = ofFormula + logSumExp([...found.values()]);
  const bitsPerNode = -logProbability / Math.LN2 / graph.nodeCount;
  return { logProbability, bitsPerNode, hierarchies: found.size, evaluations };
}

/** The same for levels whose codes are the same: those of the levels before say which nodes there are. */
function nameOfCodes({ codes }: EncodedLevel): string {
  return [codes.patterns, codes.splits].map((of) => of.join()).join(";");
}

function logSumExp(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  return largest === -Infinity
    ? largest
    : largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}
