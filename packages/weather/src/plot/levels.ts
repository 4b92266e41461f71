/** About how many bands a colour scale has; more cannot be told apart. */
const BANDS = 12;

/** What rounding may add to a whole number of steps. A value beyond the last level is of the last band all the same. */
const ROUNDING = 1e-9;

/**
 * Boundaries of bands of round width, 1, 2 or 5 times a power of ten, from below the least value to above the largest: about a
 * dozen of them.
 */
export function roundLevels(least: number, largest: number): number[] {
  const step = roundStep((largest - least) / BANDS) || roundStep(Math.abs(least) / 100) || 1;
  const first = Math.floor(least / step + ROUNDING);
  const last = Math.max(first + 1, Math.ceil(largest / step - ROUNDING));
  return Array.from({ length: last - first + 1 }, (_, i) => multiple(first + i, step));
}

/**
 * Boundaries on both sides of 0 in equal number and distance, but none at 0: the band in the middle holds what differs from 0
 * by less than a step, and is neutral in colour.
 */
export function levelsAboutZero(values: readonly [least: number, largest: number]): number[] {
  const largest = Math.max(Math.abs(values[0]), Math.abs(values[1]));
  const step = roundStep((2 * largest) / BANDS) || 1;
  const count = Math.max(2, Math.ceil(largest / step - ROUNDING));
  return Array.from({ length: 2 * count }, (_, i) => multiple(i < count ? i - count : i - count + 1, step));
}

/** Levels as text, all with the decimals that tell them apart. */
export function levelTexts(levels: readonly number[]): string[] {
  const step = Math.min(...levels.slice(1).map((level, i) => level - levels[i]!));
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + ROUNDING)));
  const large = Math.max(...levels.map(Math.abs));
  if (large >= 1e7 || (large < 1e-3 && large > 0))
    return levels.map((level) => level.toExponential(Math.ceil(Math.log10(large / step) - ROUNDING)));
  return levels.map((level) => level.toFixed(decimals).replace("-", "\u2212"));
}

/** The nearest, as a ratio, of 1, 2, 5 times a power of ten; 0 for 0 and what is too small to be divided by. */
function roundStep(width: number): number {
  if (width < 1e-300) return 0;
  const exponent = Math.floor(Math.log10(width));
  const leading = width / 10 ** exponent;
  const factor = [1, 2, 5, 10].find((one, i, all) => leading <= Math.sqrt(one * (all[i + 1] ?? Infinity)))!;
  // Text is the one way to a power of ten that is exact below 1.
  return Number(`${factor}e${exponent}`);
}

/** Of a step below 1, divided by its inverse: 3 * 0.1 is 0.30000000000000004, 3 / 10 is 0.3. */
function multiple(count: number, step: number): number {
  return step < 1 ? count / Math.round(1 / step) : count * step;
}
