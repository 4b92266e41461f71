import type { SampleRecord } from "./records.js";
import { mean } from "./results.js";

/** Half of a 95 % interval of a normal distribution, in standard errors. */
const HALF_95 = 1.96;

/** A mean over seeds with its standard deviation; `digits` after the point. */
export function spreadText(values: readonly number[], digits: number): string {
  if (values.length === 0) return "–";
  const text = mean(values).toFixed(digits);
  if (values.length === 1) return text;
  const squares = values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0);
  return `${text} ± ${Math.sqrt(squares / (values.length - 1)).toFixed(digits)}`;
}

/** A distance: of one seed with its 95 % interval by the bootstrap, of several with their deviation. */
export function distanceText(seeds: readonly Pick<SampleRecord, "frechet" | "standardError">[]): string {
  const [first] = seeds;
  if (first === undefined) return "–";
  if (seeds.length > 1) return spreadText(seeds.map(({ frechet }) => frechet), 2); // prettier-ignore
  return `${first.frechet.toFixed(2)} ± ${(HALF_95 * first.standardError).toFixed(2)}`;
}

/** A number to three digits: `0.0123`, `12.3`, `1,230`. */
export function threeDigits(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded >= 1000 ? String(Math.round(rounded)).replace(/\B(?=(\d{3})+$)/g, ",") : String(rounded);
}
