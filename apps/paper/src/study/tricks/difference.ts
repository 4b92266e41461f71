import { deviation, HALF_95, mean, student95 } from "../../table/statistics.js";

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

/** What a difference says, where less is better or more is. */
export type TrickVerdict = "helps" | "harms" | "no difference seen";

/** Helps or harms where the whole interval does. */
export function verdictOfDifference({ lower, upper }: Difference, better: "less" | "more"): TrickVerdict {
  if (lower <= 0 && upper >= 0) return "no difference seen";
  return upper < 0 === (better === "less") ? "helps" : "harms";
}
