import { deviation, mean, median, quartiles } from "./statistics.js";

/** Figures of seeds as a mean with its standard deviation, `digits` after the point; null is a target that a seed did not reach. */
export function spreadText(figures: readonly (number | null)[], digits: number): string {
  if (figures.length === 0) return "–";
  const reached = figures.filter((figure) => figure !== null);
  if (reached.length === 0) return "not reached";
  const text = mean(reached).toFixed(digits);
  if (reached.length < figures.length) return `${text} (${reached.length} of ${figures.length} seeds)`;
  // What no seed has a part in, and a single seed, have no spread.
  const spread = figures.length === 1 ? 0 : deviation(reached);
  return spread === 0 ? text : `${text} ± ${spread.toFixed(digits)}`;
}

/** Times of several rounds as their median with the quartiles: `1.02 (0.99 to 1.05)`. */
export function roundsText(times: readonly number[], digits: number): string {
  if (times.length === 0) return "–";
  const text = median(times).toFixed(digits);
  const [lower, upper] = quartiles(times).map((value) => value.toFixed(digits)) as [string, string];
  return lower === upper ? text : `${text} (${lower} to ${upper})`;
}

/** Shares as per cent, with their deviation. */
export function percentText(shares: readonly number[]): string {
  return `${spreadText(shares.map((share) => 100 * share), 1)} %`; // prettier-ignore
}

/** A number to three digits: `0.0123`, `12.3`, `1,230`. */
export function threeDigits(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded >= 1000 ? String(Math.round(rounded)).replace(/\B(?=(\d{3})+$)/g, ",") : String(rounded);
}
