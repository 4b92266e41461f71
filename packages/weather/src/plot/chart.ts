import { areaY, dot, line, type Markish, type PlotOptions, type ScaleOptions } from "@observablehq/plot";
import { element, label, placed } from "./markup.js";
import { chartMarkup } from "./observable-plot.js";
import type { Panel } from "./page.js";

/** How a line is drawn, and its name in the legend. */
export interface LineStyle {
  readonly name: string;
  readonly colour: string;
  /** Pixels. */
  readonly width: number;
  readonly dash?: string;
  readonly opacity?: number;
}

/** How the area between two lines is drawn, and its name in the legend. */
export interface BandStyle {
  readonly name: string;
  readonly fill: string;
  readonly opacity: number;
}

/** Of a chart that says nothing else; on the left there is room for large numbers. */
const CHART = { width: 620, height: 360, marginLeft: 60, marginBottom: 44 } as const;

/** Height of a chart of ratios below another one. */
export const RATIO_HEIGHT = 190;

const LEGEND_ROW = 18;
const SWATCH = 24;

/** Average width of a character of the legend, and the most characters of a name. */
const CHARACTER = 6;
const LONGEST = 32;

/** A horizontal axis with its name in the middle; null for none, where the chart below has the same axis. */
export function horizontal(label: string | null, more: ScaleOptions = {}): ScaleOptions {
  return { label, labelArrow: "none", labelAnchor: "center", labelOffset: 38, grid: true, ...more };
}

/** A vertical axis with its name above it. */
export function vertical(label: string, more: ScaleOptions = {}): ScaleOptions {
  return { label, labelArrow: "none", grid: true, nice: true, ticks: 6, ...more };
}

/** A line through the points; what is not finite is a gap. */
export function curve<X>(
  x: readonly X[],
  y: ArrayLike<number>,
  { colour, width, dash, opacity = 1 }: LineStyle,
): Markish {
  const stroke = { stroke: colour, strokeWidth: width, strokeOpacity: opacity };
  return line(x, { x, y: finite(y), ...stroke, ...(dash === undefined ? {} : { strokeDasharray: dash }) });
}

/** The points alone, for a curve of few: one between two gaps has no line. */
export function dots<X>(x: readonly X[], y: ArrayLike<number>, { colour }: LineStyle): Markish {
  return dot(x, { x, y: finite(y), r: 2.5, fill: colour });
}

/** The area between two lines; what is not finite is a gap. */
export function band<X>(
  x: readonly X[],
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
  { fill, opacity }: BandStyle,
): Markish {
  return areaY(x, { x, y1: finite(lower), y2: finite(upper), fill, fillOpacity: opacity });
}

/** Charts below each other with one legend at their right. */
export function chartPanel(charts: readonly PlotOptions[], entries: readonly (LineStyle | BandStyle)[]): Panel {
  let height = 0;
  const parts = charts.map((options) => {
    const part = chartMarkup({ ...CHART, ...options }, 0, height);
    height += options.height ?? CHART.height;
    return part;
  });
  const { markup, width } = legend(entries);
  const left = CHART.width + 8;
  return { width: left + width, height, markup: parts.join("") + placed(left, 28, markup) };
}

function legend(entries: readonly (LineStyle | BandStyle)[]): { readonly markup: string; readonly width: number } {
  const names = entries.map(({ name }) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name));
  const rows = entries.map((entry, i) => {
    return placed(0, i * LEGEND_ROW, swatch(entry), label(names[i]!, { x: SWATCH + 8, y: 4 }));
  });
  const longest = Math.max(0, ...names.map((name) => name.length));
  return { markup: rows.join(""), width: SWATCH + 8 + longest * CHARACTER };
}

function swatch(entry: LineStyle | BandStyle): string {
  if ("fill" in entry) {
    return element("rect", { y: -6, width: SWATCH, height: 12, fill: entry.fill, "fill-opacity": entry.opacity });
  }
  const { colour, width, dash, opacity } = entry;
  const stroke = { stroke: colour, "stroke-width": width, "stroke-dasharray": dash, "stroke-opacity": opacity };
  return element("path", { d: `M0,0H${SWATCH}`, ...stroke });
}

function finite(values: ArrayLike<number>): number[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : Number.NaN));
}
