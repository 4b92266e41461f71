import type { MetricName } from "./metrics.js";

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
  /** The sum, and its standard error over seeds; null when it cannot be made. */
  readonly difference: number | null;
  readonly error: number | null;
}

/** What the figures say to a claim. */
export interface Verdict {
  readonly statement: string;
  readonly outcome: "supported" | "not supported" | "depends" | "undecided";
  readonly readings: readonly ReadingVerdict[];
}

/** The rule, for tables. */
export const RULE =
  "A reading supports a statement when the difference of means is on its side by more than twice its standard error over " +
  "seeds, and contradicts it when it is on the other side by as much. A statement is supported when all readings support " +
  "it, not supported when none does, and depends on the reading otherwise. Fewer than two seeds decide nothing.";

/** Figures of a variant, one for each seed; null for a target that was not reached. */
export type FiguresOf = (variant: string, metric: MetricName) => readonly (number | null)[];

/** What the figures say to a claim, by the rule. */
export function verdictOf({ statement, readings }: Claim, figures: FiguresOf): Verdict {
  const found = readings.map((reading) => readingVerdict(reading, figures));
  const supporting = found.filter(({ outcome }) => outcome === "supported").length;
  const isUndecided = found.some(({ outcome }) => outcome === "undecided");
  const mixed = supporting === found.length ? "supported" : supporting === 0 ? "not supported" : "depends";
  return { statement, outcome: isUndecided ? "undecided" : mixed, readings: found };
}

function readingVerdict({ name, metric, weights }: Reading, figures: FiguresOf): ReadingVerdict {
  const parts = Object.entries(weights).map(([variant, weight]) => {
    const { mean, variance } = meanOf(figures(variant, metric));
    return { value: weight * mean, variance: weight * weight * variance };
  });
  const difference = parts.reduce((sum, { value }) => sum + value, 0);
  const error = Math.sqrt(parts.reduce((sum, { variance }) => sum + variance, 0));
  const outcome = outcomeOf(difference, error);
  // JSON has no infinities: a target that one side never reached has no difference to tell.
  const told = (value: number) => (Number.isFinite(value) ? value : null);
  return { name, outcome, difference: told(difference), error: told(error) };
}

function outcomeOf(difference: number, error: number): ReadingVerdict["outcome"] {
  if (Number.isNaN(difference) || Number.isNaN(error)) return "undecided";
  if (difference > 2 * error) return "supported";
  return difference < -2 * error ? "contradicted" : "not shown";
}

/** Mean and the variance of the mean, which one figure does not tell; where a run did not reach its target, infinite and certain. */
function meanOf(figures: readonly (number | null)[]): { readonly mean: number; readonly variance: number } {
  const reached = figures.filter((figure) => figure !== null);
  if (reached.length < figures.length) return { mean: Number.POSITIVE_INFINITY, variance: 0 };
  const mean = reached.reduce((a, b) => a + b, 0) / reached.length;
  const squares = reached.reduce((sum, figure) => sum + (figure - mean) ** 2, 0);
  // 0/0 for one figure.
  return { mean, variance: squares / (reached.length - 1) / reached.length };
}
