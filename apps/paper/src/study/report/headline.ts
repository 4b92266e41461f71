import { deviation, HALF_95, mean, median, student95 } from "../../table/statistics.js";
import type { SpaceName } from "../cell/cell.js";
import { evaluationsOf, samplingLabel, type Sampling } from "../sampling/sampling.js";
import { costAt, type FrontierPoint, type ReachedAt } from "./frontier.js";
import type { SampleRecord } from "./records.js";
import type { CellResults, SampleResults, StudyResults } from "./results.js";
import type { PlanSteps } from "./study-plan.js";

/** Units of cost that are compared. */
export const COSTS = ["operations", "seconds"] as const;

/** A unit of cost. */
export type CostUnit = (typeof COSTS)[number];

/** A sample set as a point. */
export interface CostedPoint {
  readonly name: string;
  /** Id of the cell. */
  readonly cell: string;
  readonly space: SpaceName;
  readonly kind: Sampling["kind"];
  /** Of the cell: one is a single shot, which is no next-scale model, whatever its head. */
  readonly scales: number;
  readonly evaluations: number;
  /** Floating-point operations of a sample, and seconds of a thousand. */
  readonly operations: number;
  readonly seconds: number;
  readonly distance: number;
  /** Half of a 95 % interval of the distance: of one seed by the bootstrap, of several Student's over seeds. */
  readonly half: number;
  readonly count: number;
  readonly seeds: readonly SampleRecord[];
}

/** The claim: at equal quality next-scale samples need ten times fewer operations than those of diffusion with at most 50 evaluations. */
export const CLAIMED_FACTOR = 10;

/** What the figures say to it, in one space or in all. */
export interface Headline {
  readonly space: SpaceName | "all";
  /** Where the two are compared: the larger of their two least distances, which both reach. */
  readonly distance: number;
  readonly nextScale: HeadlineSide;
  readonly diffusion: HeadlineSide;
  readonly factors: Readonly<Record<CostUnit, CostFactor>>;
  /** By the whole interval of the factor of operations. */
  readonly outcome: "supported" | "not supported" | "undecided";
}

/** One side of the comparison. */
export interface HeadlineSide {
  readonly closest: CostedPoint;
  /** What it costs at the distance of the comparison. */
  readonly costs: Readonly<Record<CostUnit, ReachedAt>>;
}

/** Diffusion's cost by that of next-scale samples. */
export interface CostFactor {
  readonly value: number;
  /** A bound, where the cheapest point of one side is closer than the distance of the comparison. */
  readonly kind: "interpolated" | "at most" | "at least";
  /** The factor where the distance is off by its whole interval: 0 and infinite where there is no such bound. */
  readonly lower: number;
  readonly upper: number;
}

/** All sample sets of a study as points, means over seeds. */
export function pointsOf({ cells }: Pick<StudyResults, "cells">): readonly CostedPoint[] {
  return cells.flatMap((cell) => cell.samples.map((samples) => pointOf(cell, samples)));
}

function pointOf(cell: CellResults, { sampling, seeds, secondsPerThousand }: SampleResults): CostedPoint {
  const [first] = seeds;
  const way = samplingLabel(sampling);
  const distances = seeds.map(({ frechet }) => frechet);
  return {
    name: way === "" ? cell.label : `${cell.label}, ${way}`,
    ...{ cell: cell.id, space: cell.cell.space, kind: sampling.kind, scales: cell.cell.sides.length },
    ...{ evaluations: evaluationsOf(sampling, cell.cell.sides.length) },
    ...{ operations: first!.operations, count: first!.count, seeds },
    seconds: median(secondsPerThousand),
    distance: mean(distances),
    half:
      seeds.length === 1
        ? HALF_95 * first!.standardError
        : (student95(seeds.length - 1) * deviation(distances)) / Math.sqrt(seeds.length),
  };
}

/**
 * The headline of both spaces together and of each, where there are both kinds of samples. Only sets of equal size are compared:
 * the distance is biased by 1/count.
 */
export function headlines(results: Pick<StudyResults, "cells" | "steps" | "study">): readonly Headline[] {
  const { samples } = results.study.settings;
  const points = pointsOf(results).filter(({ count }) => count === samples);
  return (["all", "pixels", "latents"] as const).flatMap((space) => {
    const own = points.filter((point) => space === "all" || point.space === space);
    const sideOfClaim = (kind: Sampling["kind"]) => own.filter((point) => point.kind === kind && isCompared(point, results.steps)); // prettier-ignore
    const [nextScale, diffusion] = [sideOfClaim("next-scale"), sideOfClaim("diffusion")];
    return nextScale.length === 0 || diffusion.length === 0 ? [] : [headlineOf(space, nextScale, diffusion)];
  });
}

/** Whether the claim is about such samples: of at least two scales, or of diffusion with as many evaluations as are allowed. */
export function isCompared(
  { kind, scales, evaluations }: Pick<CostedPoint, "kind" | "scales" | "evaluations">,
  { most }: Pick<PlanSteps, "most">,
): boolean {
  return kind === "next-scale" ? scales > 1 : evaluations <= most;
}

function headlineOf(
  space: Headline["space"],
  nextScale: readonly CostedPoint[],
  diffusion: readonly CostedPoint[],
): Headline {
  const [ownBest, otherBest] = [closestOf(nextScale), closestOf(diffusion)];
  const distance = Math.max(ownBest.distance, otherBest.distance);
  // One side is there with its closest samples; what the other would pay depends on where exactly that is.
  const isNextScaleThere = ownBest.distance === distance;
  const factor = (unit: CostUnit): CostFactor =>
    isNextScaleThere ? timesAsMuch(unit, ownBest, diffusion) : inverse(timesAsMuch(unit, otherBest, nextScale));
  const factors = { operations: factor("operations"), seconds: factor("seconds") };
  return {
    ...{ space, distance, factors },
    nextScale: sideOf(nextScale, ownBest, distance),
    diffusion: sideOf(diffusion, otherBest, distance),
    outcome: outcomeOf(factors.operations),
  };
}

function closestOf(points: readonly CostedPoint[]): CostedPoint {
  return points.reduce((best, point) => (point.distance < best.distance ? point : best));
}

function sideOf(points: readonly CostedPoint[], closest: CostedPoint, distance: number): HeadlineSide {
  const at = (unit: CostUnit) => reachedAt(inUnit(points, unit), distance);
  return { closest, costs: { operations: at("operations"), seconds: at("seconds") } };
}

function inUnit(points: readonly CostedPoint[], unit: CostUnit): readonly FrontierPoint[] {
  return points.map(({ name, distance, ...point }) => ({ name, distance, cost: point[unit] }));
}

/** The cost at a distance that the points are known to reach. */
function reachedAt(points: readonly FrontierPoint[], distance: number): ReachedAt {
  const found = costAt(points, distance);
  if (found.kind === "never reached") throw new Error("a side of a comparison does not reach its distance");
  return found;
}

/** What others cost where they are as close as some samples, by what these cost. Distances of both sides are uncertain. */
function timesAsMuch(unit: CostUnit, there: CostedPoint, others: readonly CostedPoint[]): CostFactor {
  const points = inUnit(others, unit);
  const found = reachedAt(points, there.distance);
  const half = Math.hypot(there.half, others.find(({ name }) => name === found.name)!.half);
  const [easier, harder] = [costAt(points, there.distance + half), costAt(points, there.distance - half)];
  return {
    value: found.cost / there[unit],
    kind: found.kind === "at most" ? "at most" : "interpolated",
    lower: easier.kind === "interpolated" ? easier.cost / there[unit] : 0,
    upper: harder.kind === "never reached" ? Number.POSITIVE_INFINITY : harder.cost / there[unit],
  };
}

function inverse({ value, kind, lower, upper }: CostFactor): CostFactor {
  return { value: 1 / value, kind: kind === "at most" ? "at least" : kind, lower: 1 / upper, upper: 1 / lower };
}

function outcomeOf({ lower, upper }: CostFactor): Headline["outcome"] {
  if (lower >= CLAIMED_FACTOR) return "supported";
  return upper < CLAIMED_FACTOR ? "not supported" : "undecided";
}
