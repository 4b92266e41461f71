import { geoGraticule, geoPath, type GeoPermissibleObjects } from "d3-geo";
import type { Grid } from "../grid/grid.js";
import { coastlines } from "./coastlines.js";
import { MASKED, type ColourScale } from "./colours.js";
import { contourPaths, sampleMap } from "./contour-paths.js";
import type { MapFrame } from "./map-frame.js";
import { element, shared, withRoundedNumbers } from "./markup.js";
import { fieldSampler } from "./sample-field.js";

/** What all maps of one frame have in common. */
export interface MapBase {
  readonly frame: MapFrame;
  /** To be in the picture once; the maps refer to it. */
  readonly definitions: string;
  /** Ground in the colour of what is masked. */
  readonly ground: string;
  /** Coastlines, graticule and outline. */
  readonly lines: string;
  /** Attribute of what ends at the outline. */
  readonly clip: { readonly "clip-path": string };
}

const GRATICULE = { stroke: "#000", "stroke-opacity": 0.25, "stroke-width": 0.5 };
const COAST = { stroke: "#222" };

/** Maps narrower than this get thinner coastlines. */
const SMALL = 300;

/** The parts of a map that are the same for every field. */
export function mapBase(frame: MapFrame): MapBase {
  const path = geoPath(frame.projection);
  const draw = (shape: GeoPermissibleObjects) => withRoundedNumbers(path(shape) ?? "");
  const edge = draw(frame.outline);
  const outline = shared("clipPath", element("path", { d: edge }));
  const clip = { "clip-path": `url(#${outline.id})` };
  const fine = frame.width < SMALL;
  const lines = shared(
    "g",
    element("path", { ...clip, ...GRATICULE, d: draw(graticuleOf(frame)) }),
    element("path", { ...clip, ...COAST, "stroke-width": fine ? 0.4 : 0.7, d: draw(coastlines(frame.scale)) }),
    element("path", { d: edge, stroke: "#333", "stroke-width": 0.8 }),
  );
  return {
    frame,
    definitions: element("defs", {}, outline.markup, lines.markup),
    ground: element("path", { d: edge, fill: MASKED }),
    lines: element("use", { href: `#${lines.id}`, fill: "none", "stroke-linejoin": "round" }),
    clip,
  };
}

/** A map of a field in the bands of a scale, and above it what is given. */
export function fieldMap(
  base: MapBase,
  grid: Grid,
  field: ArrayLike<number>,
  { levels, colours }: ColourScale,
  ...above: readonly string[]
): string {
  const sampled = sampleMap(base.frame, fieldSampler(grid, field));
  // The lowest band has all that is not masked; each further one is painted over those before.
  const paths = contourPaths(sampled, [-Number.MAX_VALUE, ...levels.slice(1, -1)]);
  const bands = paths.map((d, band) => element("path", { d, fill: colours[band] }));
  return base.ground + element("g", base.clip, ...bands) + above.join("") + base.lines;
}

/** Lines of equal value, thicker at every fifth multiple of the distance between levels. */
export function contourLines(base: MapBase, grid: Grid, field: ArrayLike<number>, levels: readonly number[]): string {
  const sampled = sampleMap(base.frame, fieldSampler(grid, field));
  const paths = contourPaths(sampled, levels);
  const step = levels[1]! - levels[0]!;
  const lines = paths.map((d, i) =>
    element("path", { d, "stroke-width": Math.round(levels[i]! / step) % 5 === 0 ? 1.4 : 0.7 }),
  );
  return element("g", { ...base.clip, fill: "none", stroke: "#10298e" }, ...lines);
}

function graticuleOf({ bounds, graticule }: MapFrame): GeoPermissibleObjects {
  const { west, east, south, north } = bounds;
  // The last line at a step is drawn only below the upper end.
  const end = 1e-6;
  return geoGraticule()
    .step([graticule, graticule])
    .extent([
      [west, south],
      [east + end, north + end],
    ])
    .precision(1)();
}
