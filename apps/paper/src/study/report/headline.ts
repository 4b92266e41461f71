import { mean } from "../../table/statistics.js";
import type { SpaceName } from "../cell/cell.js";
import { evaluationsOf, samplingLabel, type Sampling } from "../sampling/sampling.js";
import { costAt, type CostAt, type FrontierPoint } from "./frontier.js";
import type { CellResults, SampleResults, StudyResults } from "./results.js";

/** Units of cost that are compared. */
export const COSTS = ["operations", "seconds"] as const;

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
  readonly count: number;
}

/** The claim: at equal quality next-scale samples need ten times fewer operations than those of diffusion with at most 50 evaluations. */
export const CLAIMED_FACTOR = 10;

/** What the figures say to it, in one space or in all. */
export interface Headline {
  readonly space: SpaceName | "all";
  /** The next-scale samples that are closest to the test images. */
  readonly nextScale: CostedPoint;
  /** What diffusion costs where it is as close. */
  readonly diffusion: Readonly<Record<(typeof COSTS)[number], CostAt>>;
  /** Diffusion's cost by that of the next-scale samples; null where diffusion never comes as close. */
  readonly factors: Readonly<Record<(typeof COSTS)[number], number | null>>;
  readonly outcome: "supported" | "not supported" | "diffusion never as close";
}

/** All sample sets of a study as points, means over seeds. */
export function pointsOf({ cells }: Pick<StudyResults, "cells">): readonly CostedPoint[] {
  return cells.flatMap((cell) => cell.samples.map((samples) => pointOf(cell, samples)));
}

function pointOf(cell: CellResults, { sampling, seeds, secondsPerThousand }: SampleResults): CostedPoint {
  const [first] = seeds;
  const way = samplingLabel(sampling);
  return {
    name: way === "" ? cell.label : `${cell.label}, ${way}`,
    ...{ cell: cell.id, space: cell.cell.space, kind: sampling.kind, scales: cell.cell.sides.length },
    ...{ evaluations: evaluationsOf(sampling, cell.cell.sides.length) },
    ...{ operations: first!.operations, count: first!.count },
    seconds: mean(secondsPerThousand),
    distance: mean(seeds.map(({ frechet }) => frechet)),
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
    const [best] = own
      .filter(({ kind, scales }) => kind === "next-scale" && scales > 1)
      .toSorted((a, b) => a.distance - b.distance);
    const rivals = own.filter(({ kind, evaluations }) => kind === "diffusion" && evaluations <= results.steps.most);
    return best === undefined || rivals.length === 0 ? [] : [headlineOf(space, best, rivals)];
  });
}

function headlineOf(space: Headline["space"], nextScale: CostedPoint, rivals: readonly CostedPoint[]): Headline {
  const costs = COSTS.map((unit) => {
    const own = rivals.map(({ name, distance, ...point }): FrontierPoint => ({ name, distance, cost: point[unit] }));
    return [unit, costAt(own, nextScale.distance)] as const;
  });
  const factors = costs.map(([unit, found]) => [unit, found.kind === "never reached" ? null : found.cost / nextScale[unit]] as const); // prettier-ignore
  const [[, ofOperations]] = factors as [(typeof factors)[number]];
  return {
    ...{ space, nextScale },
    diffusion: Object.fromEntries(costs) as Headline["diffusion"],
    factors: Object.fromEntries(factors) as Headline["factors"],
    outcome: ofOperations === null ? "diffusion never as close" : ofOperations >= CLAIMED_FACTOR ? "supported" : "not supported", // prettier-ignore
  };
}
