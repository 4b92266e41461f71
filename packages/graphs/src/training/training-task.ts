import { integerSource, uniforms, type RandomStream } from "@nextscale/refinement-core";
import type { EncodedLevel } from "../codes/encode-graph.js";
import { allSites, sitesOf, type Site } from "../codes/sites.js";
import type { GraphModelConfig } from "../config/config.js";
import type { CodeKind } from "../pyramid/codes.js";
import type { Task } from "../refiner/inputs.js";
import { exactPhases, FREE_SITE, type LevelRandom } from "../sampling/reveal-order.js";
import { allBut } from "../sampling/reveal.js";

/** A task of which the answers are known. */
export interface TrainingTask {
  readonly task: Task;
  /** Weight of each code that is asked for. */
  readonly weights: { readonly [K in CodeKind]: Float32Array };
}

/** Of what decides which codes are hidden, and of what decides it for each code of those that are hidden at random. */
const SITE = { how: FREE_SITE, codes: FREE_SITE + 1 } as const;
/** Share of tasks in which known codes are a random part of all, instead of all of some phases. */
const AT_RANDOM = 0.25;
/** Weight of a code of a later phase: it is asked for when there are few substeps. */
const LATER = 0.3;

/** Hides some of a level's codes: those that are hidden when a sampler gets to a substep. */
export function trainingTask(
  { candidates, codes }: EncodedLevel,
  config: GraphModelConfig,
  random: LevelRandom,
): TrainingTask {
  const [how = 0, cut = 0] = uniforms(random.stream, {
    ...at(random),
    sites: { first: SITE.how, count: 1 },
    draws: 2,
  });
  const sites = sitesOf(candidates, { apart: config.hierarchy === "one-scale" });
  // What is not chosen follows from the rest, so it is known.
  const known = allBut(sites, candidates);
  const weights = {
    patterns: new Float32Array(known.patterns.length),
    splits: new Float32Array(known.splits.length),
  };
  if (how < AT_RANDOM || config.hierarchy === "one-scale") {
    const hidden = allSites(sites);
    const draws = uniforms(random.stream, {
      ...at(random),
      sites: { first: SITE.codes, count: hidden.length },
      draws: 1,
    });
    hidden.forEach((site, i) => (draws[i]! < cut ? (known[site.of][site.at] = 1) : ask(weights, [site], 1)));
  } else {
    const phases = exactPhases(sites, candidates, random, config);
    const first = Math.floor(cut * phases.length);
    for (const { of, at } of phases.slice(0, first).flat()) known[of][at] = 1;
    ask(weights, phases[first] ?? [], 1);
    ask(weights, phases.slice(first + 1).flat(), LATER);
  }
  return { task: { candidates, codes, known }, weights };
}

function ask(weights: TrainingTask["weights"], sites: readonly Site[], weight: number): void {
  for (const { of, at } of sites) weights[of][at] = weight;
}

function at({ item, scale }: LevelRandom) {
  return { items: { first: item, count: 1 }, scale };
}

/** A level, the more likely the more nodes it has: finer ones have more to learn, and coarser ones are never left out. */
export function pickLevel(levels: readonly EncodedLevel[], stream: RandomStream, item: number): number {
  const weights = levels.map(({ candidates: { mass } }) => mass.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let left = integerSource(stream, { item })(total);
  return weights.findIndex((weight) => (left -= weight) < 0);
}
