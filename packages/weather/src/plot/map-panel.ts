import { COLOUR_BAR_HEIGHT, colourBar } from "./colour-bar.js";
import type { ColourScale } from "./colours.js";
import { GRATICULE_LABELS, graticuleLabels } from "./graticule-labels.js";
import type { MapBase } from "./map-layers.js";
import { label, placed } from "./markup.js";
import type { Panel } from "./page.js";

/** Room for a heading. */
const HEADING = 22;

const WIDEST_BAR = 440;

/** A map with the degrees at its edges and its colour bar below, and a heading where there are several. */
export function mapPanel(base: MapBase, map: string, scale: ColourScale, name: string, heading?: string): Panel {
  const { width, height } = base.frame;
  const { left, below } = GRATICULE_LABELS;
  const top = heading === undefined ? 4 : HEADING;
  const bar = Math.min(width, WIDEST_BAR);
  return {
    width: left + width + 8,
    height: top + height + below + 6 + COLOUR_BAR_HEIGHT,
    markup: [
      ...(heading === undefined ? [] : [label(heading, { x: left, y: 12, "font-size": 13, "font-weight": 600 })]),
      placed(left, top, map, graticuleLabels(base.frame)),
      placed(left + (width - bar) / 2, top + height + below + 6, colourBar(scale, name, bar)),
    ].join(""),
  };
}
