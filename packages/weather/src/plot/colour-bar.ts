import type { ColourScale } from "./colours.js";
import { levelTexts } from "./levels.js";
import { element, label, withRoundedNumbers } from "./markup.js";

/** Height of a colour bar with its numbers and its name. */
export const COLOUR_BAR_HEIGHT = 46;

const BAR = 12;

/** Room that a digit of a level takes. */
const DIGIT = 6.2;

/** A horizontal bar of the bands of a scale with their boundaries, and what they measure. */
export function colourBar({ levels, colours }: ColourScale, name: string, width: number): string {
  const band = width / colours.length;
  const swatches = colours.map((fill, i) => element("rect", { x: i * band, width: band, height: BAR, fill }));
  const texts = levelTexts(levels);
  const widest = Math.max(...texts.map((text) => text.length)) * DIGIT + 10;
  // Of levels too close for their numbers those at round multiples have one: on both sides of 0 the same.
  const every = Math.max(1, Math.ceil(widest / band));
  const step = levels[1]! - levels[0]!;
  const numbered = levels.map((level) => Math.round(level / step) % every === 0);
  const numbers = texts.flatMap((text, i) =>
    numbered[i] ? [label(text, { x: i * band, y: BAR + 13, "text-anchor": "middle", "font-size": 10 })] : [],
  );
  const ticks = levels.map((_, i) => `M${i * band},0v${BAR + (numbered[i] ? 3 : 0)}`).join("");
  return element(
    "g",
    {},
    ...swatches,
    element("path", { d: withRoundedNumbers(ticks), stroke: "#444", "stroke-width": 0.5 }),
    ...numbers,
    label(name, { x: width / 2, y: BAR + 29, "text-anchor": "middle" }),
  );
}
