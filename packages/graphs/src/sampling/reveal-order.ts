import { permutation, type RandomStream } from "@nextscale/refinement-core";
import { allSites, type Site, type Sites } from "../codes/sites.js";
import type { GraphModelConfig } from "../config/config.js";
import type { Candidates } from "../pyramid/candidates.js";
import type { CodeKind } from "../pyramid/codes.js";
import { colours } from "./colours.js";
import { blockNeeds, labelNeeds, siblingNeeds, splitNeeds } from "./needs.js";
import { wavesOver } from "./waves.js";

/**
 * In how many substeps the codes of a level are chosen: so many, or as many as it takes for the choices not to get in each other's way; or
 * fewer than those, codes that are as good as known being drawn early.
 */
export type Substeps = number | "exact" | "adaptive";

/**
 * Substeps inside the scales: the same number for all, or a list by how many scales are still to come: the first for the finest
 * level, the second for the one above, and the last for all that are coarser.
 */
export type SubstepPlan = Substeps | readonly Substeps[];

/** Sites of a level's random numbers, one for the order of each kind of code; those after them are free. */
const SITE = { siblings: 0, blocks: 1, splits: 2 } as const;
/** The first that is free. */
export const FREE_SITE = 3;

/** Where random numbers of a level come from. */
export interface LevelRandom {
  readonly stream: RandomStream;
  readonly item: number;
  readonly scale: number;
}

/**
 * The sites of a level in the parts in which they are chosen. Without scales between, so many substeps are parts of a random order, which is
 * what discrete diffusion with absorption does.
 */
export function orderOf(
  plan: SubstepPlan,
  sites: Sites,
  candidates: Candidates,
  {
    random,
    config,
  }: { readonly random: LevelRandom; readonly config: Pick<GraphModelConfig, "hierarchy" | "edgeLabels"> },
): Site[][] {
  const substeps = substepsAt(plan, candidates, config);
  if (config.hierarchy === "one-scale" && typeof substeps === "number") return randomParts(sites, substeps, random);
  return inSubsteps(exactPhases(sites, candidates, random, config), substeps);
}

/** The substeps of a level. */
export function substepsAt(
  plan: SubstepPlan,
  { mass, labelled }: Candidates,
  { edgeLabels }: Pick<GraphModelConfig, "edgeLabels">,
): Substeps {
  if (typeof plan === "number" || typeof plan === "string") return plan;
  const halvings = Math.ceil(Math.log2(mass.reduce((most, m) => Math.max(most, m), 0)));
  const left = halvings + Number(edgeLabels > 1 && !labelled);
  return plan[Math.min(left, plan.length - 1)]!;
}

/**
 * The sites of a level in phases, in each of which all codes can be drawn at once and next to nothing is lost: siblings, then blocks, then what
 * becomes of the nodes. Blocks that share a node which splits are in different phases: which of its two children one takes decides what is left for
 * the other. So are edges that get their labels and are near each other. Priorities are random, so no order of the nodes shows.
 *
 * Blocks of graphs without labels of edges come in waves, those of others, which are small graphs with many different codes, in colours: molecules
 * are as good with them, and take fewer phases. Their nodes have labels of which neighbours suit each other, so they split in colours too.
 */
export function exactPhases(
  sites: Sites,
  candidates: Candidates,
  random: LevelRandom,
  { edgeLabels }: Pick<GraphModelConfig, "edgeLabels">,
): Site[][] {
  const inOrder = edgeLabels > 1 ? colours : wavesOver(candidates);
  const needs = candidates.labelled ? labelNeeds : blockNeeds;
  const siblings = colours(sites.siblings, siblingNeeds(candidates), { ...random, site: SITE.siblings });
  const blocks = inOrder(sites.blocks, needs(candidates), { ...random, site: SITE.blocks });
  const splits = edgeLabels > 1 ? colours(sites.splits, splitNeeds(candidates), { ...random, site: SITE.splits }) : [sites.splits]; // prettier-ignore
  const ofKind = (of: CodeKind, phases: readonly (readonly number[])[]) => phases.map((phase) => phase.map((at): Site => ({ of, at }))); // prettier-ignore
  return [...ofKind("patterns", [...siblings, ...blocks]), ...ofKind("splits", splits)].filter(({ length }) => length > 0); // prettier-ignore
}

/**
 * The phases of a level joined to as many parts as there are substeps, each of as many phases as any other, or of one more; at most as many parts as
 * there are phases.
 */
export function inSubsteps(phases: readonly Site[][], substeps: Substeps): Site[][] {
  if (typeof substeps === "string" || substeps >= phases.length) return [...phases];
  return inParts(phases, substeps).map((part) => part.flat());
}

/** Values in so many parts of nearly one size, in their order. */
function inParts<T>(values: readonly T[], parts: number): T[][] {
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part, part + 1].map((p) => Math.floor((p * values.length) / parts)) as [number, number];
    return values.slice(from, to);
  });
}

/** All sites in a random order, in so many parts of nearly one size. */
function randomParts(sites: Sites, substeps: number, { stream, item, scale }: LevelRandom): Site[][] {
  const all = allSites(sites);
  const order = Array.from(permutation(stream, all.length, { item, scale }), (at) => all[at]!);
  return inParts(order, Math.min(substeps, all.length));
}
