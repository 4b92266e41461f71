import { ruleY, type PlotOptions } from "@observablehq/plot";
import type { Score } from "../verification/aggregator.js";
import { band, chartPanel, curve, dots, horizontal, vertical } from "./chart.js";
import { requireExtent, requireLength } from "./checks.js";
import { forecasterColours } from "./colours.js";
import { leadAxis, leadSeries } from "./lead-series.js";
import { page, type Titles } from "./page.js";

/** Scores of one forecaster. */
export interface ForecasterScores {
  readonly name: string;
  /** Of one metric, region and output, one for each lead. */
  readonly scores: readonly Score[];
  /** Confidence interval of each score, such as of `blockBootstrap`; none unless told. */
  readonly intervals?: readonly { readonly lower: number; readonly upper: number }[];
}

/** Scores by lead to draw. */
export interface ScoreByLeadPicture extends Titles {
  readonly forecasters: readonly ForecasterScores[];
  /** Name of the vertical axis, with units: "CRPS of z500 (m²/s²)". */
  readonly label: string;
}

const WHERE = "weather/scoreByLead";

/**
 * A score as a function of lead, one line a forecaster, with confidence bands where they are given, as SVG. Zero is always in the
 * picture, so that distances show proportions.
 *
 * @throws NextscaleError `invalid-argument` for no forecasters or too many to tell apart, or scores that are not one curve;
 *   `shape` for another number of intervals than scores; `invalid-data` when all is masked
 */
export function scoreByLead({ forecasters, label, ...titles }: ScoreByLeadPicture): string {
  const colours = forecasterColours(WHERE, forecasters);
  const series = forecasters.map(({ name, scores }) => leadSeries(WHERE, name, scores));
  const { leadOf, name: lead } = leadAxis(series);
  requireExtent(
    WHERE,
    series.map(({ values }) => values),
  );
  const bands = forecasters.flatMap(({ name, scores, intervals }, f) => {
    if (intervals === undefined) return [];
    requireLength(WHERE, `intervals of ${name}`, intervals, scores.length);
    const ordered = series[f]!.order.map((i) => intervals[i]!);
    const style = { name, fill: colours[f]!, opacity: 0.15 };
    return [
      band(
        leadOf(series[f]!),
        ordered.map((one) => one.lower),
        ordered.map((one) => one.upper),
        style,
      ),
    ];
  });
  const styles = forecasters.map(({ name }, f) => ({ name, colour: colours[f]!, width: 2 }));
  const curves = series.map((one, f) => [curve, dots].map((mark) => mark(leadOf(one), one.values, styles[f]!)));
  const chart: PlotOptions = {
    x: horizontal(lead),
    y: vertical(label, { zero: true }),
    marks: [bands, ruleY([0], { stroke: "#888" }), curves],
  };
  return page(titles, [chartPanel([chart], styles)]);
}
