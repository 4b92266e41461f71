import { ABLATIONS, FEWER_SCALES, MATRIX_CELLS, OTHER_DIFFUSION } from "../cell/cells.js";
import type { Cell } from "../cell/cell.js";
import { MOST_EVALUATIONS } from "../settings.js";
import { PLAIN, samplingId, SOLVERS, type PlannedSampling, type Sampling } from "../sampling/sampling.js";

/** Names of the parts of the study. */
export const STUDY_PARTS = ["matrix", "frontier"] as const;

/** Name of a part of the study. */
export type StudyPart = (typeof STUDY_PARTS)[number];

/** Why a cell is there: for the matrix, as an ablation, as diffusion of another kind, or for the sensitivity to S. */
export const STUDY_GROUPS = ["matrix", "ablation", "diffusion", "scales"] as const;

/** Why a cell is there. */
export type StudyGroup = (typeof STUDY_GROUPS)[number];

/** A cell, why it is there, and how it is sampled. */
export interface PlannedCell {
  readonly cell: Cell;
  readonly group: StudyGroup;
  readonly samplings: readonly Sampling[];
}

/** T of the plans: of a smoke run few. */
export interface PlanSteps {
  /** Of sensitivity to T, and of a frontier's plans. */
  readonly steps: readonly number[];
  /** The most evaluations of a diffusion sample that next-scale samples are held against. */
  readonly most: number;
  /** Of sensitivity to T alone: more evaluations than `most`, to show where T saturates. Fewer samples are drawn with so many. */
  readonly beyond: readonly number[];
}

/** The study's. */
export const FULL_STEPS: PlanSteps = { steps: [1, 2, 5, 10, 20, 50], most: MOST_EVALUATIONS, beyond: [200] };

/** A smoke run's. */
export const QUICK_STEPS: PlanSteps = { steps: [1, 2], most: 10, beyond: [60] };

/** Temperature of next-scale samples that a frontier has besides 1. */
const COOLER = 0.9;

/** The plan by which a denoising cell stands in the matrix: as many evaluations as are allowed, divided among the scales. */
export function matrixSampling({ head, sides }: Cell, { most }: PlanSteps): Sampling {
  const solvers = solversOf(head);
  if (solvers.length === 0) return PLAIN;
  const solver = head === "epsilon" ? "dpm-solver" : solvers[0]!;
  return { kind: "diffusion", solver, steps: Math.floor(most / sides.length) };
}

/** What takes noise from the cells of a head. */
function solversOf(head: Cell["head"]): readonly PlannedSampling["solver"][] {
  switch (head) {
    case "epsilon":
      return SOLVERS;
    case "flow":
      return ["euler"];
    case "absorbing":
      return ["ancestral"];
    case "categorical":
    case "gaussian":
      return [];
  }
}

/** The cell whose plans show the sensitivity to T: latent diffusion. */
export function isStepSeries({ space, head, sides }: Cell): boolean {
  return space === "latents" && head === "epsilon" && sides.length === 1;
}

function stepSampling(steps: number): Sampling {
  return { kind: "diffusion", solver: "ddim", steps };
}

/** All samplings of the sensitivity to T. */
export function stepSeries({ steps, beyond }: PlanSteps): readonly Sampling[] {
  return [...steps, ...beyond].map(stepSampling);
}

/** What a part of the study needs. The frontier has all that the matrix has, and more plans. */
export function studyPlan(part: StudyPart, steps: PlanSteps): readonly PlannedCell[] {
  const planned = (cells: readonly Cell[], group: PlannedCell["group"]) =>
    cells.map((cell): PlannedCell => {
      const ofMatrix = [matrixSampling(cell, steps), ...(isStepSeries(cell) ? stepSeries(steps) : [])];
      const more = part === "frontier" ? frontierSamplings(cell, group, steps) : [];
      return { cell, group, samplings: distinct([...ofMatrix, ...more]) };
    });
  return [
    ...planned(MATRIX_CELLS, "matrix"),
    ...planned(ABLATIONS, "ablation"),
    ...planned(OTHER_DIFFUSION, "diffusion"),
    ...planned(FEWER_SCALES, "scales"),
  ];
}

function frontierSamplings(cell: Cell, group: PlannedCell["group"], { steps, most }: PlanSteps): Sampling[] {
  const solvers = solversOf(cell.head);
  if (solvers.length === 0) return group === "matrix" ? [{ kind: "next-scale", temperature: COOLER }] : [];
  const within = steps.filter((count) => count * cell.sides.length <= most);
  return solvers.flatMap((solver) =>
    // A second-order solver and fresh noise need several steps to be anything but DDIM.
    within
      .filter((count) => solver === solvers[0] || count > 1)
      .map((count): Sampling => ({ kind: "diffusion", solver, steps: count })),
  );
}

function distinct(samplings: readonly Sampling[]): readonly Sampling[] {
  return [...new Map(samplings.map((sampling) => [samplingId(sampling), sampling])).values()];
}
