import type { Grid } from "../grid/grid.js";
import { requireMembers } from "../verification/case.js";
import { requireExtent, requireField } from "./checks.js";
import { COLOUR_BAR_HEIGHT, colourBar } from "./colour-bar.js";
import { colourScale } from "./colours.js";
import { mapFrame } from "./map-frame.js";
import { fieldMap, mapBase } from "./map-layers.js";
import { label as text, placed } from "./markup.js";
import { page, type Titles } from "./page.js";

/** An ensemble at one time, whose members to draw. */
export interface StampsPicture extends Titles {
  readonly grid: Grid;
  /** [member], each [latitude][longitude], rows from south to north; NaN is masked and drawn grey. */
  readonly members: readonly Float32Array[];
  /** The verifying field, which comes first. */
  readonly truth?: Float32Array;
  /** What the colours measure, with units: "geopotential (m²/s²)". */
  readonly label: string;
  /** `diverging` about 0 for anomalies; `sequential` unless told. */
  readonly colours?: "sequential" | "diverging";
}

const WHERE = "weather/stamps";

/** Width of the page of stamps, and of a stamp among few and among many. */
const PAGE = 1000;
const WIDTHS = [240, 155] as const;

/** As many stamps still get the larger width. */
const FEW = 12;

const GAP = 12;
const CAPTION = 16;

/**
 * Postage stamps: a small map of each member on one colour scale, the truth first where it is given, as SVG.
 *
 * @throws NextscaleError `invalid-argument` for no members, `shape` for a field that is not of the grid, `invalid-data` for an infinite
 *   value or when every cell of all is masked
 */
export function stamps({ grid, members, truth, label, colours = "sequential", ...titles }: StampsPicture): string {
  requireMembers(WHERE, members, 1);
  const named = [
    ...(truth === undefined ? [] : [{ name: "truth", field: truth }]),
    ...members.map((field, m) => ({ name: `member ${m + 1}`, field })),
  ];
  named.forEach(({ name, field }) => requireField(WHERE, name, field, grid));
  const scale = colourScale(
    colours,
    requireExtent(
      WHERE,
      named.map(({ field }) => field),
    ),
  );
  const base = mapBase(mapFrame(grid, WIDTHS[named.length <= FEW ? 0 : 1]));
  const columns = Math.min(named.length, Math.floor((PAGE + GAP) / (base.frame.width + GAP)));
  const [across, down] = [base.frame.width + GAP, CAPTION + base.frame.height + GAP];
  const maps = named.map(({ name, field }, i) => {
    const caption = text(name, { y: 11, "font-weight": name === "truth" ? 700 : 400 });
    const place = [(i % columns) * across, Math.floor(i / columns) * down] as const;
    return placed(...place, caption, placed(0, CAPTION, fieldMap(base, grid, field, scale)));
  });
  const width = columns * across - GAP;
  const height = Math.ceil(named.length / columns) * down;
  const bar = Math.min(440, width);
  const below = placed((width - bar) / 2, height + 4, colourBar(scale, label, bar));
  const panel = { width, height: height + 4 + COLOUR_BAR_HEIGHT, markup: maps.join("") + below };
  return page(titles, [panel], base.definitions);
}
