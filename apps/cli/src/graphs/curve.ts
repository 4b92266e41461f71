import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import type { GraphModel } from "@nextscale/graphs";
import type { Dataset, Figures, Measurement, Shares, Split, Comparison } from "./comparison.js";
import { parsePlan, planText, type SamplingPlan } from "./sampling-plan.js";
import { costOf, type SamplingTally } from "./sampling.js";

/** What all points of a curve have in common: a point of another is not comparable. */
export interface CurveSettings {
  readonly dataset: Dataset["name"];
  /** The set that was read, which may be one of our own generators. */
  readonly data: string;
  readonly train: number;
  /** Graphs or molecules that samples were compared with. */
  readonly held: number;
  readonly split: Split;
  /** Samples at each point. */
  readonly count: number;
  readonly seed: number;
  readonly engine: string;
}

/** What a model scores when it is sampled by a plan. */
export interface CurvePoint {
  /** As it was named. */
  readonly model: string;
  readonly modelHash: string;
  readonly hierarchy: GraphModel["config"]["hierarchy"];
  /** As text, `exact` or `exact+1`. */
  readonly plan: string;
  readonly evaluationsPerGraph: number;
  /** Of the graph that took the most. */
  readonly mostEvaluations: number;
  readonly millisecondsPerGraph: number;
  readonly figures: Figures;
  readonly report: Measurement["report"];
}

/** Quality of some models against what it costs: plain data. */
export interface Curve {
  readonly format: typeof FORMAT;
  readonly settings: CurveSettings;
  readonly warnings: readonly string[];
  readonly terms: Comparison["terms"];
  /** Of the set's own graphs or molecules in the samples' place. */
  readonly real: Shares;
  /** What training graphs or molecules, drawn at random, score in the samples' place. */
  readonly training: Figures;
  /** By model, and by what they cost. */
  readonly points: readonly CurvePoint[];
}

const FORMAT = "nextscale-graphs-curve/1";

/** Name of the file that a curve is read from again. */
export const CURVE_FILE = "curve.json";

/** A curve without a point. */
export function emptyCurve(
  settings: CurveSettings,
  { warnings, terms }: Pick<Comparison, "warnings" | "terms">,
  { real, figures }: Pick<Measurement, "real" | "figures">,
): Curve {
  return { format: FORMAT, settings, warnings, terms, real, training: figures, points: [] };
}

/** A point of a model and plan. */
export function pointOf(
  { name, model }: NamedModel,
  plan: SamplingPlan,
  { tally, measurement }: { readonly tally: SamplingTally; readonly measurement: Measurement },
): CurvePoint {
  const { hash: modelHash, config } = model;
  const { mostEvaluations } = tally;
  const { figures, report } = measurement;
  return {
    ...{ model: name, modelHash, hierarchy: config.hierarchy, plan: planText(plan) },
    ...{ ...costOf(tally), mostEvaluations, figures, report },
  };
}

/** A model as a curve knows it. */
export interface NamedModel {
  readonly name: string;
  readonly model: GraphModel;
}

/** The last part of a path, for where there is little room. */
export function shortName(name: string): string {
  return name.split(/[/\\]/).findLast((part) => part !== "") ?? name;
}

/** What a point's model is called in a table or picture: with a part of its hash where another model would have the same name. */
export function nameIn({ points }: Curve, { model, modelHash }: Pick<CurvePoint, "model" | "modelHash">): string {
  const name = shortName(model);
  const isTaken = points.some((point) => point.modelHash !== modelHash && shortName(point.model) === name);
  return isTaken ? `${name} ${modelHash.slice(0, 6)}` : name;
}

/** A curve with one more point: in the place of one of the same model and plan, and of what an earlier model of that name scored. */
export function withPoint(curve: Curve, point: CurvePoint): Curve {
  const others = curve.points.filter(
    ({ model, modelHash, plan }) =>
      !(modelHash === point.modelHash ? plan === point.plan : model === point.model),
  ); // prettier-ignore
  const models = [...new Set([...others, point].map(({ modelHash }) => modelHash))];
  const order = (one: CurvePoint) => models.indexOf(one.modelHash);
  const points = [...others, point].sort(
    (a, b) => order(a) - order(b) || a.evaluationsPerGraph - b.evaluationsPerGraph,
  );
  return { ...curve, points };
}

/** The points of each model. */
export function linesOf({ points }: Curve): readonly (readonly CurvePoint[])[] {
  const hashes = [...new Set(points.map(({ modelHash }) => modelHash))];
  return hashes.map((hash) => points.filter(({ modelHash }) => modelHash === hash));
}

/**
 * Whether more substeps than a point had, and as many sweeps, would give the same samples: without scales between, no graph had as many codes as
 * there were substeps for them.
 */
export function isSaturated({ hierarchy, plan, mostEvaluations }: CurvePoint): boolean {
  const { substeps, sweeps } = parsePlan(plan);
  // Each sweep takes as many evaluations as drawing the codes at first.
  return hierarchy === "one-scale" && typeof substeps === "number" && mostEvaluations < (1 + sweeps) * substeps;
}

/** Whether a curve has the samples of a model and plan, or those of a plan that gives the same. */
export function isKnown(curve: Curve | undefined, { hash }: Pick<GraphModel, "hash">, plan: SamplingPlan): boolean {
  const own = curve?.points.filter(({ modelHash }) => modelHash === hash) ?? [];
  return own.some(
    (point) => point.plan === planText(plan) || (isSaturated(point) && hasMoreSubsteps(plan, parsePlan(point.plan))),
  );
}

/** Whether a plan is another one with a larger number of substeps. */
function hasMoreSubsteps(plan: SamplingPlan, than: SamplingPlan): boolean {
  const areNumbers = typeof plan.substeps === "number" && typeof than.substeps === "number";
  return areNumbers && plan.substeps > than.substeps && plan.sweeps === than.sweeps;
}

/**
 * The curve of an earlier run that this one goes on with; undefined of an empty folder.
 *
 * @param folder whose files an earlier run wrote as they are
 * @throws NextscaleError `invalid-file` for what is no curve, `invalid-argument` for one of other settings
 */
export async function earlierCurve(folder: string, settings: CurveSettings): Promise<Curve | undefined> {
  const path = join(folder, CURVE_FILE);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const curve = JSON.parse(text) as Omit<Curve, "format"> & { readonly format: string };
  if (curve.format !== FORMAT) {
    throw new NextscaleError({
      code: "invalid-file",
      where: "graphs curve",
      expected: `${path} to have the format ${FORMAT}`,
      got: curve.format,
      fix: "choose another folder",
    });
  }
  const found: Readonly<Record<string, string | number>> = { ...curve.settings };
  for (const [name, value] of Object.entries(settings) as [string, string | number][]) {
    if (found[name] === value) continue;
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs curve",
      expected: `--out with a curve of ${name} ${value}, or without one`,
      got: `one of ${name} ${found[name]}`,
      fix: "choose another folder, or the earlier run's options",
    });
  }
  return { ...curve, format: FORMAT };
}
