import { mean } from "../report/results.js";

/** A difference, after less before, with a 95 % interval. */
export interface Difference {
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
}

/** A figure of one seed, with its resamples. */
export interface Resampled {
  readonly value: number;
  readonly resampled: readonly number[];
}

/** Half of a 95 % interval of a normal distribution, in standard deviations. */
const HALF_95 = 1.96;

/** The same for Student's t with 1 to 9 degrees of freedom. */
const STUDENT_95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262] as const;

/** With more degrees of freedom: the normal distribution's and two terms (Fisher and Cornish 1960). */
function student95(degrees: number): number {
  const known = STUDENT_95[degrees - 1];
  const z = HALF_95;
  return known ?? z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}

/**
 * Before and after, seed by seed. Of one seed the interval is that of a bootstrap over samples, resample against the same
 * resample, and knows nothing of what another training would give; of several it is Student's, of the differences of seeds.
 *
 * @param before one for each seed @param after in the same order
 */
export function differenceOf(before: readonly Resampled[], after: readonly Resampled[]): Difference {
  const differences = after.map(({ value }, i) => value - before[i]!.value);
  const centre = mean(differences);
  if (differences.length > 1) {
    const half = (student95(differences.length - 1) * deviation(differences)) / Math.sqrt(differences.length);
    return { mean: centre, lower: centre - half, upper: centre + half };
  }
  const [first, last] = [before[0]!.resampled, after[0]!.resampled];
  const half = HALF_95 * deviation(last.map((value, i) => value - first[i]!));
  return { mean: centre, lower: centre - half, upper: centre + half };
}

/** The standard deviation of some figures about their mean. */
function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** What a difference says, where less is better or more is. */
export type TrickVerdict = "helps" | "harms" | "no difference seen";

/** Helps or harms where the whole interval does. */
export function verdictOfDifference({ lower, upper }: Difference, better: "less" | "more"): TrickVerdict {
  if (lower <= 0 && upper >= 0) return "no difference seen";
  return upper < 0 === (better === "less") ? "helps" : "harms";
}
