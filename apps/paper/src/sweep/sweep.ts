import { FLOORS, FLOOR_IDS, type Floor } from "../floors/floors.js";
import { METRICS, spacingWith, type MetricName } from "../table/metrics.js";
import type { FloorRecord, RunRecord } from "../table/records.js";
import { verdictOf, type FiguresOf, type Verdict } from "../table/verdict.js";
import { variantId, variantLabel } from "../variant/variant.js";
import { SWEEP_CLAIMS, SWEEP_VARIANTS, type TableClaim } from "./claims.js";
import { cellSettings, FULL_SWEEP, type GridCell, type SweepSettings } from "./settings.js";

/** Format of the JSON. */
export const SWEEP_FORMAT = "nextscale-paper-sweep-1";

/** What all cells of a sweep have in common. */
export interface SweepStudy {
  readonly settings: SweepSettings;
  /** SHA-256 of the training set. */
  readonly data: string;
  readonly engine: string;
}

/** A sweep with all that it was made of: plain data. */
export interface SweepResults {
  readonly format: typeof SWEEP_FORMAT;
  readonly name: "sweep";
  readonly study: SweepStudy;
  /** A smoke run: its figures say nothing. */
  readonly isSmoke: boolean;
  readonly seeds: readonly number[];
  /** Size by size, from the least noise to the most. */
  readonly cells: readonly SweepCell[];
  readonly claims: readonly SweptClaim[];
}

/** The figures of a cell. */
export interface SweepCell extends GridCell {
  /** Mean squared error at the cell's noise, one for each seed. */
  readonly floors: readonly {
    readonly label: string;
    readonly kind: Floor["kind"];
    readonly errors: readonly number[];
  }[];
  readonly variants: readonly {
    readonly label: string;
    /** By measure, one for each seed; null where a target was not reached. */
    readonly figures: Readonly<Partial<Record<MetricName, readonly (number | null)[]>>>;
  }[];
}

/** A statement and what the figures of each cell say to it, in the order of the cells. */
export interface SweptClaim extends Pick<TableClaim, "table" | "statement"> {
  readonly cells: readonly (GridCell & Omit<Verdict, "statement">)[];
}

/** What the runs of a cell left, one for each seed. */
export interface CellRuns {
  readonly cell: GridCell;
  readonly floors: readonly FloorRecord[];
  /** Of all variants and seeds. */
  readonly runs: readonly RunRecord[];
}

/** The measures that statements are about. */
const MEASURES = [...new Set(SWEEP_CLAIMS.flatMap(({ readings }) => readings.map(({ metric }) => metric)))];

/** Makes a sweep of what runs left behind. */
export function sweepOf(study: SweepStudy, seeds: readonly number[], all: readonly CellRuns[]): SweepResults {
  const cells = all.map(cellOf);
  return {
    ...{ format: SWEEP_FORMAT, name: "sweep", study, seeds },
    isSmoke: JSON.stringify(study.settings) !== JSON.stringify(FULL_SWEEP),
    ...{ cells, claims: sweptClaims({ study, cells }) },
  };
}

/** What the figures of all cells say to each statement: a sweep that was kept is judged by the rule as it is now. */
export function sweptClaims({ study, cells }: Pick<SweepResults, "study" | "cells">): readonly SweptClaim[] {
  const labels = new Map(SWEEP_VARIANTS.map((variant) => [variantId(variant), variantLabel(variant)]));
  return SWEEP_CLAIMS.map((claim) => ({
    ...{ table: claim.table, statement: claim.statement },
    cells: cells.map(({ trainingImages, sigma, variants }) => {
      const figures: FiguresOf = (id, metric) =>
        variants.find(({ label }) => label === labels.get(id))!.figures[metric] ?? [];
      const spacing = spacingWith(cellSettings(study.settings, { trainingImages, sigma }));
      const { outcome, readings } = verdictOf(claim, figures, spacing);
      return { trainingImages, sigma, outcome, readings };
    }),
  }));
}

function figuresOf({ runs }: CellRuns, id: string, metric: MetricName): readonly (number | null)[] {
  return runs.filter(({ variant }) => variantId(variant) === id).map((run) => METRICS[metric].of(run));
}

function cellOf(own: CellRuns): SweepCell {
  return {
    ...own.cell,
    floors: FLOOR_IDS.map((id) => ({
      ...{
        label: id === "linear" ? "Best linear filter of the noise (Wiener)" : FLOORS[id].label,
        kind: FLOORS[id].kind,
      },
      errors: own.floors.flatMap(({ floors }) => floors[id]?.atSigma.meanSquaredError ?? []),
    })),
    variants: SWEEP_VARIANTS.map((variant) => ({
      label: variantLabel(variant),
      figures: Object.fromEntries(MEASURES.map((metric) => [metric, figuresOf(own, variantId(variant), metric)])),
    })),
  };
}
