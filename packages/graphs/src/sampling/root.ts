import { uniforms, type RandomStream } from "@nextscale/refinement-core";
import type { FormulaCount, GraphModelConfig } from "../config/config.js";
import { logFactorialsUpTo } from "../math/log-factorials.js";
import { formulaOf, massOf, type Formula } from "../pyramid/formula.js";

/** What is asked of the formula of a graph. */
export interface RootRequest {
  /** Number of nodes. */
  readonly size?: number | undefined;
  /** What the property of the graph is to be, in deviations from its mean. */
  readonly property?: number | undefined;
  /** How much that counts; default 1. */
  readonly guidance?: number | undefined;
  /** A formula that it is to have in it. */
  readonly atLeast?: Formula | undefined;
}

/** The law of what a graph is made of: where the walk over its scales starts. */
export interface RootLaw {
  draw(stream: RandomStream, item: number): Formula;
  /** Logarithm of the probability of a formula, in nats. */
  logProbability(formula: Formula): number;
}

/**
 * Formulas of several graphs are as frequent as they were; those of the other graphs, of which a formula that was never seen is one, have labels
 * drawn as they come, for sizes of those graphs (Good and Turing's estimate of what was not seen). A property makes those formulas likelier whose
 * graphs are like that, by Bayes' rule, the property of a formula taken for normal.
 */
export function rootLaw(config: GraphModelConfig, request: RootRequest = {}): RootLaw {
  const { labelShares, formulas } = config;
  const { size, atLeast = new Int32Array(config.nodeLabels) } = request;
  const fits = (nodes: number) => (size === undefined ? nodes >= massOf(atLeast) : nodes === size);
  const possible = formulas.filter(
    ({ counts }) => fits(massOf(counts)) && counts.every((count, label) => count >= atLeast[label]!),
  );
  const known = weighted(possible, request);
  const rest = restOfSizes(config, possible.length === 0 ? [] : formulas);
  const left = Array.from({ length: Math.max(rest.length, 1 + (size ?? 0)) }, (_, nodes) => (fits(nodes) ? (rest[nodes] ?? 0) : 0)); // prettier-ignore
  // A size that no graph had.
  if (size !== undefined && massOf(known) + massOf(left) === 0) left[size] = 1;
  const weights = [...known, ...left];
  const total = massOf(weights);
  const places = new Map(possible.map(({ counts }, i) => [counts.join(), i]));
  return {
    draw(stream, item) {
      const at = (draws: number, site: number) => uniforms(stream, { items: { first: item, count: 1 }, sites: { first: site, count: 1 }, draws }); // prettier-ignore
      const among = pick(weights, at(1, 0)[0]!);
      if (among < known.length) return Int32Array.from(possible[among]!.counts);
      const free = among - known.length - massOf(atLeast);
      const labels = Array.from(at(free, 1), (number) => pick(labelShares, number));
      return formulaOf(labels, labelShares.length).map((count, label) => count + atLeast[label]!);
    },
    logProbability(formula) {
      const place = places.get(formula.join());
      const free = formula.map((count, label) => count - atLeast[label]!);
      const unseen = (left[massOf(formula)] ?? 0) * Math.exp(logMultinomial(free, labelShares));
      return Math.log(((place === undefined ? 0 : known[place]!) + unseen) / total);
    },
  };
}

/** Numbers of graphs, by Bayes' rule where a property is asked for; their sum is the same. */
function weighted(formulas: readonly FormulaCount[], { property: asked, guidance = 1 }: RootRequest): number[] {
  const graphs = formulas.map((formula) => formula.graphs);
  if (asked === undefined) return graphs;
  const logs = formulas.map(({ property: { mean, deviation } = { mean: 0, deviation: 1 } }) => {
    return guidance * (-0.5 * ((asked - mean) / deviation) ** 2 - Math.log(deviation));
  });
  const most = Math.max(...logs);
  const weights = logs.map((log, i) => graphs[i]! * Math.exp(log - most));
  const scale = massOf(graphs) / massOf(weights);
  return weights.map((weight) => weight * scale);
}

/** Graphs of each size whose formula is not among those. */
function restOfSizes({ sizes }: GraphModelConfig, formulas: readonly FormulaCount[]): number[] {
  const rest = [...sizes];
  for (const { counts, graphs } of formulas) rest[massOf(counts)]! -= graphs;
  return rest;
}

function logMultinomial(formula: Formula, shares: readonly number[]): number {
  if (formula.some((count) => count < 0)) return -Infinity;
  const logs = logFactorialsUpTo(massOf(formula));
  return formula.reduce((sum, count, label) => sum + count * Math.log(shares[label]!) - logs[count]!, logs[massOf(formula)]!); // prettier-ignore
}

/** Which of some weights a number from 0 to 1 falls on. */
function pick(weights: readonly number[], number: number): number {
  let left = number * massOf(weights);
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found >= 0 ? found : weights.findLastIndex((weight) => weight > 0);
}
