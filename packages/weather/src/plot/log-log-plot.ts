import { NextscaleError } from "@nextscale/engine";
import { chartPanel, curve, dots, horizontal, vertical, type LineStyle } from "./chart.js";
import { requireLength } from "./checks.js";
import { CATEGORIES, TRUTH } from "./colours.js";
import { page, type Titles } from "./page.js";
import { numberTick, powerTick } from "./ticks.js";

/** A quantity by another. */
export interface LogLogLine {
  readonly name: string;
  /** A value for each x; what is not above 0 is a gap. */
  readonly values: readonly number[];
  /** Whether it is what the others are compared with: black and dashed. */
  readonly reference?: boolean;
}

/** Charts on logarithmic axes, below each other, with one horizontal axis. */
export interface LogLogPicture extends Titles {
  /** Ascending, above 0. */
  readonly x: readonly number[];
  /** Name of the horizontal axis. */
  readonly xLabel: string;
  readonly charts: readonly {
    /** Name of the vertical axis, with units. */
    readonly label: string;
    readonly lines: readonly LogLogLine[];
  }[];
}

const WHERE = "weather/logLogPlot";

/**
 * Lines on two logarithmic axes, where a power law is straight and its exponent the slope, with a dot at each value. As SVG.
 *
 * @throws NextscaleError `invalid-argument` for no lines or too many to tell apart; `shape` for a line of another length than x
 */
export function logLogPlot({ x, xLabel, charts, ...titles }: LogLogPicture): string {
  const all = charts.flatMap(({ lines }) => lines);
  const coloured = all.filter(({ reference }) => reference !== true);
  if (coloured.length === 0 || coloured.length > CATEGORIES.length) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: WHERE,
      expected: `1 to ${CATEGORIES.length} lines besides references`,
      got: `${coloured.length}`,
    });
  }
  for (const { name, values } of all) requireLength(WHERE, name, values, x.length);
  const styles = all.map((one): LineStyle => {
    const { name, reference } = one;
    return reference === true
      ? { name, colour: TRUTH, width: 1.4, dash: "5,4" }
      : { name, colour: CATEGORIES[coloured.indexOf(one)]!, width: 2 };
  });
  const logarithmic = (tickFormat: (value: number) => string) => ({ type: "log", tickFormat }) as const;
  const plots = charts.map(({ label, lines }, chart) => ({
    x: horizontal(chart === charts.length - 1 ? xLabel : null, logarithmic(numberTick)),
    y: vertical(label, { ...logarithmic(powerTick), nice: false }),
    marks: lines.map((one) => {
      const style = styles[all.indexOf(one)]!;
      const values = one.values.map((value) => (value > 0 ? value : Number.NaN));
      return [curve(x, values, style), dots(x, values, style)];
    }),
  }));
  return page(titles, [chartPanel(plots, styles)]);
}
