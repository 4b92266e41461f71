import type { StudyFloors } from "../report/records.js";
import { differenceOf, verdictOfDifference, type Difference, type TrickVerdict } from "./difference.js";
import type { TrickIdentity, TrickRecord, TrickTimes } from "./records.js";
import type { TrickSettings } from "./settings.js";
import type { Trick, TrickKind } from "./trick.js";

/** Format of the JSON. */
export const TRICKS_FORMAT = "nextscale-paper-tricks-1";

/** The comparison of tricks with all that its tables and pictures are made of: plain data. */
export interface TrickResults {
  readonly format: typeof TRICKS_FORMAT;
  readonly name: "tricks";
  readonly identity: TrickIdentity;
  readonly settings: TrickSettings;
  /** A smoke run: its figures say nothing. */
  readonly isSmoke: boolean;
  readonly seeds: readonly number[];
  /** One for each seed. */
  readonly floors: readonly StudyFloors[];
  readonly base: TrickFigures;
  readonly tricks: readonly TrickRow[];
}

/** What a model and its samples came to. */
export interface TrickFigures {
  readonly id: string;
  readonly label: string;
  readonly source: string;
  readonly change: string;
  readonly kind: TrickKind;
  /** One for each seed. */
  readonly seeds: readonly TrickRecord[];
  readonly secondsPerThousand: readonly number[];
}

/** A trick against the base model. */
export interface TrickRow extends TrickFigures {
  readonly differences: {
    readonly frechet: Difference;
    readonly classAgreement: Difference;
    /** Of bits/dim on the same test images; absent where the trick has no likelihood. With one seed without an interval. */
    readonly bitsPerDim?: { readonly mean: number } | Difference;
  };
  readonly verdicts: { readonly frechet: TrickVerdict; readonly classAgreement: TrickVerdict };
}

/** What a run of a trick left, for one seed. */
export interface TrickOutcome {
  readonly record: TrickRecord;
  readonly times: TrickTimes;
}

/** Brings the outcomes of a trick's seeds together. */
export function figuresOf({ id, label, source, change, kind }: Trick, outcomes: readonly TrickOutcome[]): TrickFigures {
  return {
    ...{ id, label, source, change, kind },
    seeds: outcomes.map(({ record }) => record),
    secondsPerThousand: outcomes.map(({ times }) => times.secondsPerThousand),
  };
}

/** Holds a trick against the base model, seed by seed. */
export function trickRow(base: TrickFigures, own: TrickFigures): TrickRow {
  const of = (name: "frechet" | "classAgreement") => {
    const figures = ({ seeds }: TrickFigures) =>
      seeds.map(({ sample }) => ({ value: sample[name], resampled: sample.resampled[name] }));
    return differenceOf(figures(base), figures(own));
  };
  const bits = bitsDifference(base, own);
  const differences = { frechet: of("frechet"), classAgreement: of("classAgreement") };
  return {
    ...own,
    differences: { ...differences, ...(bits === undefined ? {} : { bitsPerDim: bits }) },
    verdicts: {
      frechet: verdictOfDifference(differences.frechet, "less"),
      classAgreement: verdictOfDifference(differences.classAgreement, "more"),
    },
  };
}

function bitsDifference(before: TrickFigures, after: TrickFigures): TrickRow["differences"]["bitsPerDim"] {
  const figures = ({ seeds }: TrickFigures) =>
    seeds.flatMap(({ likelihood }) =>
      likelihood === undefined ? [] : [{ value: likelihood.bitsPerDim, resampled: [] as number[] }],
    );
  const [first, last] = [figures(before), figures(after)];
  if (last.length !== first.length) return undefined;
  return last.length > 1 ? differenceOf(first, last) : { mean: last[0]!.value - first[0]!.value };
}
