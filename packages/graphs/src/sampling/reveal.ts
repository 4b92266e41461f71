import type { Choice, PerWalk, Step } from "@nextscale/refinement-core";
import { sitesOf, type Site, type Sites } from "../codes/sites.js";
import type { GraphModelConfig } from "../config/config.js";
import { FORM, type Candidates } from "../pyramid/candidates.js";
import type { Codes } from "../pyramid/codes.js";
import type { Level } from "../pyramid/level.js";
import type { Known, Task } from "../refiner/inputs.js";

/** Logits of a level's codes, without padding. */
export interface LevelLogits {
  /** [n, codes] */
  readonly splits: Float32Array;
  /** [groups, patterns] */
  readonly patterns: Float32Array;
}

/** Where a walk over the scales of a graph stands. */
export type GraphStep = Pick<Step<readonly Level[], Level, Candidates, Codes>, "index" | "context">;

/** A level's codes, and what they cost. */
export interface Revealed extends Choice<Codes, Codes> {
  /** In nats, of the chosen codes; NaN where a constraint made the choice. */
  readonly logProbability: number;
  readonly evaluations: number;
}

/** How the codes of a level come about. */
export interface RevealOptions {
  readonly config: GraphModelConfig;
  /** The sites of a level in the parts in which they are chosen. */
  order(sites: Sites, candidates: Candidates, scale: number): readonly (readonly Site[])[];
  /** What a refiner says of a task. */
  predict(task: Task): Promise<LevelLogits>;
  /** Chooses the codes of a part; writes them, and returns their log-probability in nats. */
  choose(part: readonly Site[], codes: Codes, logits: LevelLogits, step: GraphStep, known: Known): number;
}

/**
 * The codes of a level, part by part: the refiner sees what was chosen before. One part is eq. 18, all codes at once; with more parts it is
 * discrete diffusion with absorption, inside a scale.
 */
export function reveal(options: RevealOptions): PerWalk<GraphStep, Promise<Revealed>> {
  const { config, order, predict, choose } = options;
  return () => async (step) => {
    const candidates = step.context;
    const apart = config.hierarchy === "one-scale";
    const sites = sitesOf(candidates, { labels: config.edgeLabels, apart });
    const codes = settledCodes(candidates, apart);
    const known = allBut(sites, candidates);
    let logProbability = 0;
    let evaluations = 0;
    for (const part of order(sites, candidates, step.index)) {
      const logits = await predict({ candidates, codes, known });
      evaluations += 1;
      logProbability += choose(part, codes, logits, step, known);
      for (const { of, at } of part) known[of][at] = 1;
    }
    return { codes, value: codes, logProbability, evaluations };
  };
}

/** Codes that are not chosen, because there is but one. */
function settledCodes({ formulas, finest, groups }: Candidates, apart: boolean): Codes {
  return {
    // The one edge of a block of one pair.
    patterns: Int32Array.from(groups.forms, (form) => Number(form === FORM.oneByOne)),
    splits: apart && !finest ? formulas.slice() : new Int32Array(formulas.length),
  };
}

/** Everything is known but what is to be chosen. */
export function allBut(sites: Sites, { mass, groups }: Candidates): Known {
  const known = {
    patterns: new Uint8Array(groups.count).fill(1),
    splits: new Uint8Array(mass.length).fill(1),
  };
  for (const at of [...sites.siblings, ...sites.blocks]) known.patterns[at] = 0;
  for (const at of sites.splits) known.splits[at] = 0;
  return known;
}
