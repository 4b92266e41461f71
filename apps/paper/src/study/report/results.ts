import { cellId, cellLabel, type Cell } from "../cell/cell.js";
import { samplingId, type Sampling } from "../sampling/sampling.js";
import type {
  CellLikelihood,
  CellRecord,
  CellTimes,
  SampleRecord,
  SamplingTimes,
  StudyFloors,
  StudyIdentity,
} from "./records.js";
import type { PlannedCell, PlanSteps, StudyPart } from "./study-plan.js";

/** Format of the study's JSON. */
export const STUDY_FORMAT = "nextscale-paper-study-1";

/** A part of the study with all that its tables and plots are made of: plain data. */
export interface StudyResults {
  readonly format: typeof STUDY_FORMAT;
  readonly name: StudyPart;
  readonly study: StudyIdentity;
  /** A smoke run, of other settings than the study's: its figures say nothing. */
  readonly isSmoke: boolean;
  readonly steps: PlanSteps;
  readonly seeds: readonly number[];
  /** One for each seed. */
  readonly floors: readonly StudyFloors[];
  readonly cells: readonly CellResults[];
}

/** A cell's figures. */
export interface CellResults {
  readonly id: string;
  readonly label: string;
  readonly group: PlannedCell["group"];
  readonly cell: Cell;
  readonly parameters: number;
  readonly backboneParameters: number;
  /** One for each seed. */
  readonly likelihood: readonly CellLikelihood[];
  readonly codes: readonly NonNullable<CellRecord["codes"]>[];
  /** Floating-point operations of its training, and the seconds of those whose time is known. */
  readonly trainingOperations: number;
  readonly trainingSeconds: readonly number[];
  readonly samples: readonly SampleResults[];
}

/** Samples of a cell, drawn in one way. */
export interface SampleResults {
  readonly id: string;
  readonly sampling: Sampling;
  /** One for each seed. */
  readonly seeds: readonly SampleRecord[];
  /** One for each seed, of when its samples were drawn; of what was timed in turn one for each round. */
  readonly secondsPerThousand: readonly number[];
}

/** What a run of a cell left, for one seed. */
export interface SeedOutcome {
  readonly record: CellRecord;
  readonly times: CellTimes;
}

/**
 * Brings the outcomes of a planned cell's seeds together.
 *
 * @param timed seconds that count before those of when samples were drawn
 */
export function cellResults(
  { cell, group, samplings }: PlannedCell,
  outcomes: readonly SeedOutcome[],
  trainingOperations: number,
  timed?: SamplingTimes,
): CellResults {
  const [first] = outcomes;
  return {
    ...{ id: cellId(cell), label: cellLabel(cell), group, cell },
    parameters: first!.record.parameters,
    backboneParameters: first!.record.backboneParameters,
    likelihood: outcomes.map(({ record }) => record.likelihood),
    codes: outcomes.flatMap(({ record }) => (record.codes === undefined ? [] : [record.codes])),
    trainingOperations,
    trainingSeconds: outcomes.flatMap(({ times }) => times.trainingSeconds ?? []),
    samples: samplings.map((sampling) => {
      const id = samplingId(sampling);
      return {
        ...{ id, sampling },
        seeds: outcomes.map(({ record }) => record.samples[id]!),
        secondsPerThousand:
          timed?.secondsPerThousand[cellId(cell)]?.[id] ??
          outcomes.flatMap(({ times }) => times.secondsPerThousand[id] ?? []),
      };
    }),
  };
}

/** The samples of a cell that were drawn in a way. */
export function samplesOf({ samples }: CellResults, sampling: Sampling): SampleResults | undefined {
  return samples.find(({ id }) => id === samplingId(sampling));
}
