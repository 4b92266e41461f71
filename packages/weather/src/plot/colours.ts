import { NextscaleError } from "@nextscale/engine";
import { scale } from "@observablehq/plot";
import { levelsAboutZero, roundLevels } from "./levels.js";

/**
 * How colours stand for values: `sequential` for a field, `diverging` about 0 for an anomaly, `spread` for a paler sequence that
 * lines can be drawn over.
 */
export type ColourKind = "sequential" | "diverging" | "spread";

/** Bands of values and their colours. */
export interface ColourScale {
  /** Boundaries of the bands, ascending; values beyond them have the colour of the outermost band. */
  readonly levels: readonly number[];
  /** One a band, one less than levels. */
  readonly colours: readonly string[];
}

/*
 * All three are legible with any of the common colour deficiencies and in grey: viridis is even in perceived lightness, the other
 * two are ColorBrewer's. The darkest part of viridis is left out, where coastlines would vanish.
 */
const SCHEMES = {
  sequential: { scheme: "viridis", from: 0.12, to: 1 },
  diverging: { scheme: "rdbu", from: 0.95, to: 0.05 },
  spread: { scheme: "purd", from: 0, to: 0.85 },
} as const;

/** A scale of round levels for values from the least to the largest. */
export function colourScale(kind: ColourKind, extent: readonly [least: number, largest: number]): ColourScale {
  const levels = kind === "diverging" ? levelsAboutZero(extent) : roundLevels(...extent);
  const { scheme, from, to } = SCHEMES[kind];
  const of = scale({ color: { type: "linear", domain: [0, 1], scheme } });
  const bands = levels.length - 1;
  const colours = Array.from({ length: bands }, (_, i) => {
    return of.apply(from + (to - from) * (bands === 1 ? 0.5 : i / (bands - 1))) as string;
  });
  return { levels, colours };
}

/** Least and largest finite value of all; undefined when there is none. */
export function extentOf(fields: readonly ArrayLike<number>[]): readonly [number, number] | undefined {
  let [least, largest] = [Infinity, -Infinity];
  for (const field of fields) {
    for (let i = 0; i < field.length; i++) {
      const value = field[i]!;
      if (!Number.isFinite(value)) continue;
      if (value < least) least = value;
      if (value > largest) largest = value;
    }
  }
  return least <= largest ? [least, largest] : undefined;
}

/** What masked cells are drawn in. */
export const MASKED = "#c8c8c8";

/** Truth and whatever else all others are compared with. */
export const TRUTH = "#000000";

/** Okabe and Ito's colours, which people with colour deficiencies tell apart, in the order of their contrast with white. */
export const CATEGORIES = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"] as const;

/**
 * A colour for each forecaster, in their order.
 *
 * @throws NextscaleError `invalid-argument` for none, or more than there are colours
 */
export function forecasterColours(where: string, forecasters: readonly { readonly name: string }[]): string[] {
  const count = forecasters.length;
  if (count >= 1 && count <= CATEGORIES.length) return CATEGORIES.slice(0, count);
  throw new NextscaleError({
    code: "invalid-argument",
    where,
    expected: `1 to ${CATEGORIES.length} forecasters`,
    got: `${count}`,
    fix: "more lines could not be told apart: draw several pictures",
  });
}
