import { ruleY, type PlotOptions } from "@observablehq/plot";
import { band, chartPanel, curve, dots, horizontal, vertical, type LineStyle } from "./chart.js";
import { requireExtent, requireLength } from "./checks.js";
import { forecasterColours, TRUTH } from "./colours.js";
import { numberTick, powerTick } from "./ticks.js";
import { page, type Titles } from "./page.js";

/** How an axis counts: in equal steps, or in equal factors. */
export type AxisScale = "linear" | "log";

/** Points of one line; those that are not finite, or not above zero where an axis counts in factors, are gaps. */
export interface ChartLine {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Whether it is what the others are compared with: black and dashed. */
  readonly reference?: boolean;
  /** Confidence interval of each point; none unless told. */
  readonly intervals?: readonly { readonly lower: number; readonly upper: number }[];
}

/** Lines over one vertical axis. */
export interface LineChart {
  /** Name of the axis, with units. */
  readonly label: string;
  readonly scale: AxisScale;
  readonly lines: readonly ChartLine[];
  /** Values that lines are compared with, drawn across. */
  readonly rules?: readonly { readonly name: string; readonly value: number }[];
}

/** Charts below each other, over one horizontal axis. */
export interface LineChartsPicture extends Titles {
  readonly x: { readonly label: string; readonly scale: AxisScale };
  readonly charts: readonly LineChart[];
}

const WHERE = "weather/lineCharts";

const HEIGHT = 280;

/** Of rules, by their order. */
const DASHES = ["6,3", "2,2", "1,3"] as const;

/**
 * Any figures as lines, those of one name in one colour, in the style of the pictures of scores, as SVG.
 *
 * @throws NextscaleError `invalid-argument` for no lines or too many to tell apart; `shape` for a line whose points differ in number;
 *   `invalid-data` for a chart without a point
 */
export function lineCharts({ x, charts, ...titles }: LineChartsPicture): string {
  const all = charts.flatMap(({ lines }) => lines);
  const namesOf = (isReference: boolean) => [...new Set(all.flatMap(({ name, reference = false }) => (reference === isReference ? [name] : [])))]; // prettier-ignore
  const names = namesOf(false);
  const colours = forecasterColours(WHERE, names.map((name) => ({ name }))); // prettier-ignore
  const styles = [
    ...names.map((name, i): LineStyle => ({ name, colour: colours[i]!, width: 2 })),
    ...namesOf(true).map((name): LineStyle => ({ name, colour: TRUTH, width: 1.4, dash: "5,4" })),
  ];
  const styleOf = (name: string): LineStyle => styles.find((style) => style.name === name)!;
  const rules = [...new Set(charts.flatMap(({ rules = [] }) => rules.map(({ name }) => name)))];
  const ruleStyles = rules.map((name, i): LineStyle => ({ name, colour: "#555", width: 1, dash: DASHES[i % DASHES.length]! })); // prettier-ignore
  const ruleOf = (name: string): LineStyle => ruleStyles[rules.indexOf(name)]!;
  const drawn = charts.map((chart, c): PlotOptions => {
    const isLast = c === charts.length - 1;
    return {
      height: HEIGHT,
      x: horizontal(isLast ? x.label : null, {
        type: x.scale,
        ...(x.scale === "log" ? { tickFormat: numberTick } : {}),
      }),
      y: vertical(chart.label, { type: chart.scale, ...(chart.scale === "log" ? { tickFormat: powerTick } : {}) }),
      marks: marksOf(chart, x.scale, styleOf, ruleOf),
    };
  });
  return page(titles, [chartPanel(drawn, [...styles, ...ruleStyles])]);
}

function marksOf(
  { label, scale, lines, rules = [] }: LineChart,
  horizontalScale: AxisScale,
  styleOf: (name: string) => LineStyle,
  ruleOf: (name: string) => LineStyle,
): NonNullable<PlotOptions["marks"]> {
  const drawable = lines.map(({ x, y, ...line }) => {
    requireLength(WHERE, `the line ${line.name} of ${label}`, y, x.length);
    if (line.intervals !== undefined) requireLength(WHERE, `intervals of ${line.name}`, line.intervals, x.length);
    return {
      ...line,
      x: x.map((value) => onScale(value, horizontalScale)),
      y: y.map((value) => onScale(value, scale)),
    };
  });
  for (const axis of ["x", "y"] as const) requireExtent(WHERE, drawable.map((line) => line[axis])); // prettier-ignore
  return [
    rules.map(({ name, value }) => {
      const { colour, width, dash } = ruleOf(name);
      return ruleY([value], { stroke: colour, strokeWidth: width, strokeDasharray: dash! });
    }),
    drawable.map(({ name, x, y, intervals }) => {
      const style = styleOf(name);
      const ends = (end: "lower" | "upper") => intervals!.map((interval) => onScale(interval[end], scale));
      const between = intervals === undefined ? [] : [band(x, ends("lower"), ends("upper"), { name, fill: style.colour, opacity: 0.15 })]; // prettier-ignore
      return [...between, curve(x, y, style), dots(x, y, style)];
    }),
  ];
}

/** NaN for what has no place on an axis. */
function onScale(value: number, scale: AxisScale): number {
  return scale === "log" && !(value > 0) ? Number.NaN : value;
}
