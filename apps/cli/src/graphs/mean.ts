/** A mean, and the interval of 95 % for the one behind it; null of fewer than two values. */
export interface MeanWithInterval {
  readonly mean: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Two-sided 95 % quantile of the standard normal. */
const Z = 1.959963984540054;

/** By the normal law of a mean of many. */
export function meanOf(values: readonly number[]): MeanWithInterval {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { mean, lower: null, upper: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const half = Z * Math.sqrt(variance / values.length);
  return { mean, lower: mean - half, upper: mean + half };
}

/** `0.412 (95 % 0.400 to 0.424)`. */
export function meanText({ mean, lower, upper }: MeanWithInterval): string {
  const interval = lower === null || upper === null ? "" : ` (95 % ${lower.toFixed(3)} to ${upper.toFixed(3)})`;
  return `${mean.toFixed(3)}${interval}`;
}
