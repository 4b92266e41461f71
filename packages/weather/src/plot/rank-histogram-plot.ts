import { rectY, ruleY, type PlotOptions } from "@observablehq/plot";
import { invalid } from "../verification/case.js";
import { binomialInterval } from "./binomial.js";
import { chartPanel, horizontal, vertical, type BandStyle, type LineStyle } from "./chart.js";
import { CATEGORIES, TRUTH } from "./colours.js";
import { page, type Titles } from "./page.js";

/** A rank histogram to draw. */
export interface RankHistogramPicture extends Titles {
  /** Share of each of M + 1 ranks: the value of a score of `rankHistogram`. */
  readonly shares: ArrayLike<number>;
  /**
   * Independent cases behind the shares, for the band. Cells of one field are far from independent: the number of starts is the
   * safe choice.
   */
  readonly cases: number;
}

const WHERE = "weather/rankHistogramPlot";

const SHARES: BandStyle = { name: "share of truth", fill: CATEGORIES[0], opacity: 0.75 };
const FLAT = { name: "flat", colour: TRUTH, width: 1.5, dash: "5,3" } as const satisfies LineStyle;
const EXPECTED: BandStyle = { name: "95 % of flat ones", fill: "#888888", opacity: 0.35 };

/**
 * A rank histogram, with the line of a reliable ensemble and the band in which 95 % of its bars lie for so many independent
 * cases (binomial, each bar alone), as SVG. A U says that the ensemble is too narrow, a dome too wide, a slope biased.
 *
 * @throws NextscaleError `invalid-argument` for fewer than 2 ranks, shares that are negative or do not sum to 1, or no cases
 */
export function rankHistogramPlot({ shares, cases, ...titles }: RankHistogramPicture): string {
  const values = Array.from(shares);
  const total = values.reduce((sum, share) => sum + share, 0);
  if (!(values.length >= 2 && values.every((share) => share >= 0) && Math.abs(total - 1) < 1e-6)) {
    throw invalid(WHERE, "shares of at least 2 ranks that sum to 1", `${values.length} that sum to ${total}`);
  }
  if (!(Number.isInteger(cases) && cases >= 1)) throw invalid(WHERE, "a positive number of cases", `${cases}`);
  const even = 1 / values.length;
  const [lower, upper] = binomialInterval(cases, even).map((count) => count / cases) as [number, number];
  const last = values.length - 1;
  const ends = { x1: -0.5, x2: last + 0.5 };
  const chart: PlotOptions = {
    x: horizontal(`Rank of the truth among ${last} members`, { domain: [-0.5, last + 0.5], grid: false }),
    y: vertical("Share of cases", { domain: [0, Math.max(upper, ...values)] }),
    marks: [
      rectY(values, {
        x1: (_: number, i: number) => i - 0.5,
        x2: (_: number, i: number) => i + 0.5,
        y: values,
        fill: SHARES.fill,
        fillOpacity: SHARES.opacity,
        inset: values.length > 60 ? 0 : 0.5,
      }),
      rectY([even], { ...ends, y1: lower, y2: upper, fill: EXPECTED.fill, fillOpacity: EXPECTED.opacity }),
      ruleY([even], { ...ends, stroke: FLAT.colour, strokeWidth: FLAT.width, strokeDasharray: FLAT.dash }),
      ruleY([0]),
    ],
  };
  return page(titles, [chartPanel([chart], [SHARES, FLAT, EXPECTED])]);
}
