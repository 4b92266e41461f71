/** Okabe and Ito's colours but black, which people with colour deficiencies tell apart. */
const CATEGORIES = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#f0e442"] as const;

/** The colour of a label. Shapes say the same: see `markerOf`. */
export function labelColour(label: number): string {
  return CATEGORIES[label % CATEGORIES.length]!;
}

/** Ten of the colours of viridis, dark to light: even in lightness, so they are as legible in grey. The darkest is left out. */
const VIRIDIS = [
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [109, 205, 89],
  [180, 222, 44],
  [253, 231, 37],
] as const;

/** A colour for a share from 0 to 1. */
export function rampColour(share: number): string {
  const at = Math.min(1, Math.max(0, share)) * (VIRIDIS.length - 1);
  const from = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const [low, high] = [VIRIDIS[from]!, VIRIDIS[from + 1]!];
  const mixed = low.map((value, i) => Math.round(value + (high[i]! - value) * (at - from)));
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

export const INK = "#1f2933";
export const FAINT_INK = "#616e7c";
export const EDGE = "#9aa5b1";
export const PAPER = "#ffffff";
