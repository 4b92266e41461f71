import { refinementScale, walkAsync } from "@nextscale/refinement-core";
import type { Candidates } from "../pyramid/candidates.js";
import { contraction } from "../pyramid/contraction.js";
import type { Formula } from "../pyramid/formula.js";
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
}

/** The walk over the scales from one node to a graph of that formula. */
export async function sampleGraph(formula: Formula, options: SampleOptions): Promise<SampledGraph> {
  const scale = refinementScale(contraction(options.patterns), 0);
  const levels: Level[] = [];
  const candidates: Candidates[] = [];
  const choices: Revealed[] = [];
  for await (const visit of walkAsync(endlessly(scale), rootLevel(formula), reveal(options))) {
    levels.push(visit.state);
    candidates.push(visit.context);
    choices.push(visit);
    if (isFinest(visit.state, options.config.edgeLabels)) break;
  }
  return { levels, candidates, choices };
}

function* endlessly<T>(value: T): Generator<T, never> {
  for (;;) yield value;
}
