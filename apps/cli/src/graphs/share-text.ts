import type { Share } from "@nextscale/graphs";

/** `79.1 % (78.3 to 79.9)`; a dash of no items. */
export function shareText({ share, lower, upper }: Share): string {
  if (share === null) return "-";
  return `${percent(share)} % (${percent(lower)} to ${percent(upper)})`;
}

function percent(value: number): string {
  return (100 * value).toFixed(1);
}

/** Four significant digits; a dash where there is no value. */
export function figure(value: number | null | undefined): string {
  if (value === undefined || value === null || !Number.isFinite(value)) return "-";
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e-3 || rounded === 0 ? String(rounded) : rounded.toExponential(2);
}
