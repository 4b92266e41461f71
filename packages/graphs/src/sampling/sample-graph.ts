import {
  integerSource,
  refinementScale,
  walkAsync,
  type Quantiser,
  type RandomStream,
} from "@nextscale/refinement-core";
import type { Codes } from "../codes/codes.js";
import type { GraphModelConfig } from "../config/config.js";
import type { Candidates } from "../pyramid/candidates.js";
import { contraction, type Residual } from "../pyramid/contraction.js";
import { isFinest, rootLevel, type Level } from "../pyramid/level.js";
import type { Patterns } from "../pyramid/patterns.js";
import { reveal, type Revealed, type RevealOptions } from "./reveal.js";

/** A graph's way from one node. */
export interface SampledGraph {
  /** Coarsest first. */
  readonly levels: readonly Level[];
  /** The candidates that each level was chosen from. */
  readonly candidates: readonly Candidates[];
  readonly choices: readonly Revealed[];
}

/** What a walk from one node to a graph needs. */
export interface SampleOptions extends RevealOptions {
  readonly patterns: Patterns;
  readonly quantiser: Quantiser<Residual, Codes>;
  /** Composition of the start. */
  readonly start: Float32Array;
}

/** The walk over the scales from one node that stands for `nodes`, to a graph of so many. */
export async function sampleGraph(nodes: number, options: SampleOptions): Promise<SampledGraph> {
  const scale = refinementScale(contraction(options.patterns), 0);
  const levels: Level[] = [];
  const candidates: Candidates[] = [];
  const choices: Revealed[] = [];
  for await (const visit of walkAsync(endlessly(scale), rootLevel(nodes, options.start), reveal(options))) {
    levels.push(visit.state);
    candidates.push(visit.context);
    choices.push(visit);
    if (isFinest(visit.state)) break;
  }
  return { levels, candidates, choices };
}

function* endlessly<T>(value: T): Generator<T, never> {
  for (;;) yield value;
}

/** A number of nodes, as often as among the graphs that were learned from. */
export function drawSize({ sizes }: Pick<GraphModelConfig, "sizes">, stream: RandomStream, item: number): number {
  const total = sizes.reduce((sum, count) => sum + count, 0);
  let left = integerSource(stream, { item })(total);
  return sizes.findIndex((count) => (left -= count) < 0);
}

/** Logarithm of the probability of that number, in nats; minus infinity for one that no graph had. */
export function logSize({ sizes }: Pick<GraphModelConfig, "sizes">, nodes: number): number {
  return Math.log((sizes[nodes] ?? 0) / sizes.reduce((sum, count) => sum + count, 0));
}
