import { ruleY, type PlotOptions } from "@observablehq/plot";
import type { Score } from "../verification/aggregator.js";
import { chartPanel, curve, dots, horizontal, RATIO_HEIGHT, vertical, type LineStyle } from "./chart.js";
import { requireExtent } from "./checks.js";
import { forecasterColours } from "./colours.js";
import { leadAxis, leadSeries, type LeadSeries } from "./lead-series.js";
import { page, type Titles } from "./page.js";

/** Spread and skill of one forecaster, each of one region and output. */
export interface ForecasterSpread {
  readonly name: string;
  /** Scores of `spread`. */
  readonly spread: readonly Score[];
  /** Scores of `skill`. */
  readonly skill: readonly Score[];
  /** Scores of `spreadSkillRatio`, which allows for the number of members: the plain quotient of the others does not. */
  readonly ratio: readonly Score[];
}

/** Spread and skill by lead to draw. */
export interface SpreadSkillPicture extends Titles {
  readonly forecasters: readonly ForecasterSpread[];
  /** Name of the vertical axis, with units: "z500 (m²/s²)". */
  readonly label: string;
}

const WHERE = "weather/spreadSkillPlot";

/**
 * Spread (dashed) and skill (solid, the error of the ensemble mean) by lead, and below them their ratio, which is 1 for a reliable
 * ensemble and less for one that is too narrow, as SVG.
 *
 * @throws NextscaleError `invalid-argument` for no forecasters or too many to tell apart, or scores that are not one curve;
 *   `invalid-data` when all is masked
 */
export function spreadSkillPlot({ forecasters, label, ...titles }: SpreadSkillPicture): string {
  const colours = forecasterColours(WHERE, forecasters);
  const parts = forecasters.map(({ name, spread, skill, ratio }, f) => ({
    spread: leadSeries(WHERE, `${name} (spread)`, spread),
    skill: leadSeries(WHERE, `${name} (skill)`, skill),
    ratio: leadSeries(WHERE, `${name} (ratio)`, ratio),
    solid: { name: `${name}: skill`, colour: colours[f]!, width: 2 },
    dashed: { name: `${name}: spread`, colour: colours[f]!, width: 2, dash: "5,3" },
  }));
  const errors = parts.flatMap(({ spread, skill }) => [spread, skill]);
  const ratios = parts.map(({ ratio }) => ratio);
  requireExtent(
    WHERE,
    errors.map(({ values }) => values),
  );
  const [least, largest] = requireExtent(
    WHERE,
    ratios.map(({ values }) => values),
  );
  const { leadOf, name: lead } = leadAxis([...errors, ...ratios]);
  const lines = (series: LeadSeries, style: LineStyle) =>
    [curve, dots].map((mark) => mark(leadOf(series), series.values, style));
  const upper: PlotOptions = {
    x: horizontal(null),
    y: vertical(label, { zero: true }),
    marks: [
      ruleY([0], { stroke: "#888" }),
      parts.map(({ spread, skill, solid, dashed }) => [lines(skill, solid), lines(spread, dashed)]),
    ],
  };
  const lower: PlotOptions = {
    height: RATIO_HEIGHT,
    x: horizontal(lead),
    y: vertical("Spread / skill", { domain: [Math.min(0.8, least), Math.max(1.2, largest)] }),
    marks: [
      ruleY([1], { stroke: "#555", strokeDasharray: "2,2" }),
      parts.map(({ ratio, solid }) => lines(ratio, solid)),
    ],
  };
  return page(titles, [
    chartPanel(
      [upper, lower],
      parts.flatMap(({ solid, dashed }) => [solid, dashed]),
    ),
  ]);
}
