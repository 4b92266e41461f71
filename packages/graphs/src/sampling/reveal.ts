import type { Choice, PerWalk, Step } from "@nextscale/refinement-core";
import { sitesOf, type Site, type Sites } from "../codes/sites.js";
import type { GraphModelConfig } from "../config/config.js";
import { FORM, type Candidates } from "../pyramid/candidates.js";
import type { Codes, Known } from "../pyramid/codes.js";
import type { Level } from "../pyramid/level.js";
import type { Task } from "../refiner/inputs.js";

/** Logits of a level's codes, without padding. */
export interface LevelLogits {
  /** [n, codes] */
  readonly splits: Float32Array;
  /** [groups, patterns] */
  readonly patterns: Float32Array;
}

/** Where a walk over the scales of a graph stands, and how often this level has been given up. */
export type GraphStep = Pick<Step<readonly Level[], Level, Candidates, Codes>, "index" | "context"> & {
  readonly attempt: number;
  /** 0 when codes are chosen for the first time, then the number of the sweep in which they are chosen again. */
  readonly sweep: number;
};

/** A level is drawn again where constraints leave nothing for a code, until this attempt, in which they are not kept then. */
export const LAST_ATTEMPT = 15;

/** A level's codes, and what they cost. */
export interface Revealed extends Choice<Codes, Codes> {
  /** In nats, of the chosen codes under the model alone, whatever constraints had a say; NaN where they were chosen again or a split was forced. */
  readonly logProbability: number;
  readonly evaluations: number;
}

/** How the codes of a level come about. */
export interface RevealOptions {
  readonly config: GraphModelConfig;
  /** The sites of a level in the parts in which they are chosen. */
  order(sites: Sites, candidates: Candidates, scale: number): readonly (readonly Site[])[];
  /** Open sites that are chosen together with the next part of the others, knowing what the refiner says. Default: none. */
  early?(open: readonly Site[], logits: LevelLogits, candidates: Candidates): readonly Site[];
  /** How often all codes of a level are chosen again once they are there, each part knowing all the others. Default 0. */
  readonly sweeps?: number;
  /** What a refiner says of a task. */
  predict(task: Task): Promise<LevelLogits>;
  /**
   * Chooses the codes of a part; writes them, and returns their log-probability in nats, or undefined where that cannot be done and the level has
   * to be begun again.
   */
  choose(part: readonly Site[], codes: Codes, logits: LevelLogits, step: GraphStep, known: Known): number | undefined;
}

/**
 * The codes of a level, part by part: the refiner sees what was chosen before. One part is eq. 18, all codes at once; with more parts it is
 * discrete diffusion with absorption, inside a scale.
 */
export function reveal(options: RevealOptions): PerWalk<Omit<GraphStep, "attempt" | "sweep">, Promise<Revealed>> {
  return () => async (step) => {
    let evaluations = 0;
    for (let attempt = 0; ; attempt++) {
      const found = await revealOnce({ ...step, attempt, sweep: 0 }, options);
      evaluations += found.evaluations;
      const { codes, known, parts, logProbability } = found;
      if (logProbability === undefined) continue;
      const sweeps = options.sweeps ?? 0;
      for (let sweep = 1; sweep <= sweeps; sweep++) {
        await chooseAgain(parts, { codes, known }, { ...step, attempt: 0, sweep }, options);
        evaluations += parts.length;
      }
      return { codes, value: codes, logProbability: sweeps > 0 ? NaN : logProbability, evaluations };
    }
  };
}

/** What became of an attempt at a level; without a log-probability it has failed. */
interface Attempt {
  readonly codes: Codes;
  readonly known: Known;
  /** The parts in which codes were to be chosen. */
  readonly parts: readonly (readonly Site[])[];
  readonly evaluations: number;
  readonly logProbability: number | undefined;
}

async function revealOnce(step: GraphStep, { config, order, early, predict, choose }: RevealOptions): Promise<Attempt> {
  const candidates = step.context;
  const apart = config.hierarchy === "one-scale";
  const sites = sitesOf(candidates, { apart });
  const codes = settledCodes(candidates, apart);
  const known = allBut(sites, candidates);
  let total = 0;
  let evaluations = 0;
  const parts = order(sites, candidates, step.index);
  let open = parts;
  while (open.length > 0) {
    const logits = await predict({ candidates, codes, known });
    evaluations += 1;
    const soon = new Set(early?.(open.flat(), logits, candidates));
    const [first = [], ...later] = open.map((some) => some.filter((site) => !soon.has(site))).filter(({ length }) => length > 0); // prettier-ignore
    const part = [...soon, ...first];
    open = later;
    const logProbability = choose(part, codes, logits, step, known);
    if (logProbability === undefined) return { codes, known, parts, evaluations, logProbability };
    total += logProbability;
    for (const { of, at } of part) known[of][at] = 1;
  }
  return { codes, known, parts, evaluations, logProbability: total };
}

/**
 * Chooses each part again, knowing all the others: what was chosen when little was known is drawn towards what became of the rest, as by the corrector
 * of a predictor-corrector sampler (Campbell et al. 2022, A continuous time framework for discrete denoising models). Where constraints leave
 * nothing, a part stays as it is.
 */
async function chooseAgain(
  parts: readonly (readonly Site[])[],
  { codes, known }: { readonly codes: Codes; readonly known: Known },
  step: GraphStep,
  { predict, choose }: Pick<RevealOptions, "predict" | "choose">,
): Promise<void> {
  for (const part of parts) {
    const before = { patterns: codes.patterns.slice(), splits: codes.splits.slice() };
    for (const { of, at } of part) known[of][at] = 0;
    const logits = await predict({ candidates: step.context, codes, known });
    if (choose(part, codes, logits, step, known) === undefined) {
      codes.patterns.set(before.patterns);
      codes.splits.set(before.splits);
    }
    for (const { of, at } of part) known[of][at] = 1;
  }
}

/** Codes that are not chosen, because there is but one. */
function settledCodes({ formulas, labelled, groups }: Candidates, apart: boolean): Codes {
  return {
    // The one edge of a block of one pair.
    patterns: Int32Array.from(groups.forms, (form) => Number(form === FORM.oneByOne)),
    splits: apart && !labelled ? formulas.slice() : new Int32Array(formulas.length),
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
