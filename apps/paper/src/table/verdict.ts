import type { MetricName } from "./metrics.js";
import { deviation, mean, student95 } from "./statistics.js";

/** A hypothesis of the paper, as statements that figures can speak against. */
export interface Claim {
  readonly statement: string;
  /** The readings of the text under which it can be looked at. */
  readonly readings: readonly Reading[];
}

/** What would have to be above zero: a sum of the means of variants' figures, each times a weight. */
export interface Reading {
  readonly name: string;
  readonly metric: MetricName;
  /** By the names of variants. */
  readonly weights: Readonly<Record<string, number>>;
}

/** What the figures say to one reading. */
export interface ReadingVerdict {
  readonly name: string;
  readonly outcome: "supported" | "contradicted" | "not shown" | "undecided";
  /** The mean of the sum over seeds, and half of its 95 % interval; null when it cannot be made. */
  readonly difference: number | null;
  readonly half: number | null;
}

/** What the figures say to a claim. */
export interface Verdict {
  readonly statement: string;
  readonly outcome: "supported" | "not supported" | "depends" | "undecided";
  readonly readings: readonly ReadingVerdict[];
}

/** The rule, for tables. */
export const RULE =
  "Differences are taken seed by seed, as trainings of one seed share data, noise and order; ± is half of Student's 95 % interval of " +
  "their mean. Where steps to a target are counted, the variance of the mean also has a twelfth of the square of the steps between two " +
  "looks at the test error, for each side: all seeds may be seen at the same look. A reading supports a statement when the whole interval is " +
  "on its side, and contradicts it when the whole interval is on the other side; else it is not shown. A target that one side reaches with " +
  "every seed and the other with none decides too; one that some seeds of a side reach leaves a reading undecided, as do one that neither " +
  "side reaches, and fewer than two seeds. A statement is supported when all readings support it, not supported when none does, and depends on the " +
  "reading when some do and some do not; it is undecided when those of its readings that are undecided could make it one or the other.";

/** Figures of a variant, one for each seed, the same seeds in the same order for all; null for a target that was not reached. */
export type FiguresOf = (variant: string, metric: MetricName) => readonly (number | null)[];

/** How far from its neighbours a figure can be told: the steps since the look before, of a step; 0 of what is measured as it is. */
export type SpacingOf = (metric: MetricName, figure: number) => number;

/**
 * What the figures say to a claim, by the rule.
 *
 * @param spacing of figures that lie on a grid; none do unless told
 */
export function verdictOf({ statement, readings }: Claim, figures: FiguresOf, spacing: SpacingOf = () => 0): Verdict {
  const found = readings.map((reading) => readingVerdict(reading, figures, spacing));
  const count = (...outcomes: readonly ReadingVerdict["outcome"][]) => found.filter(({ outcome }) => outcomes.includes(outcome)).length; // prettier-ignore
  return { statement, outcome: outcomeOfAll(count("supported"), count("contradicted", "not shown"), found.length), readings: found }; // prettier-ignore
}

function outcomeOfAll(supporting: number, others: number, all: number): Verdict["outcome"] {
  if (supporting > 0 && others > 0) return "depends";
  if (supporting + others < all) return "undecided";
  return others === 0 ? "supported" : "not supported";
}

function readingVerdict({ name, metric, weights }: Reading, figures: FiguresOf, spacing: SpacingOf): ReadingVerdict {
  const parts = Object.entries(weights).map(([variant, weight]) => ({ weight, values: reached(figures(variant, metric)) })); // prettier-ignore
  const differences = parts[0]!.values.map((_, seed) => parts.reduce((sum, { weight, values }) => sum + weight * values[seed]!, 0)); // prettier-ignore
  const difference = mean(differences);
  const half = halfOf(differences, parts.reduce((sum, { weight, values }) => sum + weight ** 2 * roundingOf(values, (value) => spacing(metric, value)), 0)); // prettier-ignore
  // JSON has no infinities: a target that one side never reached has no difference to tell.
  const told = (value: number) => (Number.isFinite(value) ? value : null);
  return { name, outcome: outcomeOf(difference, half), difference: told(difference), half: told(half) };
}

/** Figures as numbers: those of a target that no seed reached are infinite; where only some did, nothing is known. */
function reached(figures: readonly (number | null)[]): readonly number[] {
  const missed = figures.filter((figure) => figure === null).length;
  if (missed > 0 && missed < figures.length) return figures.map(() => Number.NaN);
  return figures.map((figure) => figure ?? Number.POSITIVE_INFINITY);
}

/** Variance of a place between two looks, of which only the later one is known. */
function roundingOf(values: readonly number[], spacing: (value: number) => number): number {
  return mean(values.map((value) => (Number.isFinite(value) ? spacing(value) ** 2 / 12 : 0)));
}

/** Half of a 95 % interval of the mean; NaN of a single seed. A target that only one side reaches is certain. */
function halfOf(differences: readonly number[], rounding: number): number {
  const seeds = differences.length;
  if (seeds < 2) return Number.NaN;
  if (differences.every((value) => Math.abs(value) === Number.POSITIVE_INFINITY)) return 0;
  return student95(seeds - 1) * Math.sqrt(deviation(differences) ** 2 / seeds + rounding);
}

function outcomeOf(difference: number, half: number): ReadingVerdict["outcome"] {
  if (Number.isNaN(difference) || Number.isNaN(half)) return "undecided";
  if (difference > half) return "supported";
  return difference < -half ? "contradicted" : "not shown";
}
