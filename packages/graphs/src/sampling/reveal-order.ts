import { permutation, type RandomStream } from "@nextscale/refinement-core";
import type { Site, Sites } from "../codes/sites.js";
import type { GraphModelConfig } from "../config/config.js";
import { FORM, type Candidates } from "../pyramid/candidates.js";
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
  const phases = exactPhases(sites, candidates, random, config);
  const isOfSiblings = ({ of, at }: Site) => of === "patterns" && candidates.groups.forms[at] === FORM.siblings;
  const ofSiblings = phases.findIndex((phase) => !phase.every(isOfSiblings));
  return inSubsteps(phases, substeps, ofSiblings < 0 ? phases.length : ofSiblings);
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
  const siblings = colours(sites.siblings, siblingNeeds(candidates), { ...random, site: 0 });
  const blocks = inOrder(sites.blocks, needs(candidates), { ...random, site: 1 });
  const splits = edgeLabels > 1 ? colours(sites.splits, splitNeeds(candidates), { ...random, site: 2 }) : [sites.splits]; // prettier-ignore
  const ofKind = (of: CodeKind, phases: readonly (readonly number[])[]) => phases.map((phase) => phase.map((at): Site => ({ of, at }))); // prettier-ignore
  return [...ofKind("patterns", [...siblings, ...blocks]), ...ofKind("splits", splits)].filter(({ length }) => length > 0); // prettier-ignore
}

/**
 * The phases of a level joined to as many parts as there are substeps: the first few to one, since siblings lose least by it, and all such that a
 * part has as many phases as any other, or one more; at most as many as there are phases then.
 *
 * @param first how many phases those first few are
 */
export function inSubsteps(phases: readonly Site[][], substeps: Substeps, first = 1): Site[][] {
  if (typeof substeps === "string") return [...phases];
  const left = first > 1 ? [phases.slice(0, first).flat(), ...phases.slice(first)] : phases;
  if (substeps >= left.length) return [...left];
  return Array.from({ length: substeps }, (_, part) => {
    const [from, to] = [part, part + 1].map((p) => Math.floor((p * left.length) / substeps)) as [number, number];
    return left.slice(from, to).flat();
  });
}

/** All sites in a random order, in so many parts of nearly one size. */
function randomParts(sites: Sites, substeps: number, { stream, item, scale }: LevelRandom): Site[][] {
  const all: Site[] = [
    ...[...sites.siblings, ...sites.blocks].map((at): Site => ({ of: "patterns", at })),
    ...sites.splits.map((at): Site => ({ of: "splits", at })),
  ];
  const order = permutation(stream, all.length, { item, scale });
  const parts = Math.min(substeps, all.length);
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part, part + 1].map((p) => Math.floor((p * all.length) / parts)) as [number, number];
    return Array.from(order.subarray(from, to), (at) => all[at]!);
  });
}
