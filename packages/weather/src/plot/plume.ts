import type { PlotOptions } from "@observablehq/plot";
import { invalid } from "../verification/case.js";
import { band, chartPanel, curve, horizontal, vertical, type BandStyle, type LineStyle } from "./chart.js";
import { requireExtent, requireLength } from "./checks.js";
import { CATEGORIES, TRUTH } from "./colours.js";
import { page, type Titles } from "./page.js";

/** An ensemble forecast at a point. All series have a value for each valid time; NaN is a gap. */
export interface PlumePicture extends Titles {
  /** Milliseconds since 1970-01-01 UTC, ascending. */
  readonly validTimes: ArrayLike<number>;
  /** [member][time]. */
  readonly members: readonly ArrayLike<number>[];
  /** [time]. */
  readonly truth?: ArrayLike<number>;
  /** What is usual for the season, such as the 10th and 90th percentile of a climatology, each [time]. */
  readonly climatology?: { readonly lower: ArrayLike<number>; readonly upper: ArrayLike<number> };
  /** Name of the vertical axis, with units: "2 m temperature (K)". */
  readonly label: string;
}

const WHERE = "weather/plume";

const BLUE = CATEGORIES[0];

const CLIMATOLOGY: BandStyle = { name: "climatology", fill: "#999999", opacity: 0.25 };
const OUTER: BandStyle = { name: "10–90 %", fill: BLUE, opacity: 0.18 };
const INNER: BandStyle = { name: "25–75 %", fill: BLUE, opacity: 0.3 };
const MEMBER: LineStyle = { name: "members", colour: BLUE, width: 0.7, opacity: 0.5 };
const MEDIAN: LineStyle = { name: "median", colour: "#08306b", width: 2 };
const MEAN: LineStyle = { name: "ensemble mean", colour: CATEGORIES[1], width: 2, dash: "6,3" };
const VERIFICATION: LineStyle = { name: "truth", colour: TRUTH, width: 2.2 };

/**
 * A plume diagram: every member as a thin line over the bands of the ensemble's quantiles, with its median, its mean, the truth and
 * a climatological band where they are given, as SVG. Quantiles lie between the order statistics (type 7 of Hyndman and Fan 1996);
 * they and the mean have a gap where a member has.
 *
 * @throws NextscaleError `shape` for a series of another length, `invalid-argument` for no members or for times that do not
 *   ascend, `invalid-data` when there is no value at all
 */
export function plume(picture: PlumePicture): string {
  requireSeries(picture);
  const { validTimes, members, truth, climatology, label, ...titles } = picture;
  const dates = Array.from(validTimes, (time) => new Date(time));
  const ordered = dates.map((_, i) => Float64Array.from(members, (member) => member[i]!).sort());
  const quantiles = (probability: number) => ordered.map((values) => quantileOf(values, probability));
  const means = ordered.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const usual = climatology === undefined ? [] : [climatology];
  const truths = truth === undefined ? [] : [truth];
  const chart: PlotOptions = {
    x: horizontal("Valid time (UTC)", { type: "utc" }),
    y: vertical(label),
    marks: [
      usual.map(({ lower, upper }) => band(dates, lower, upper, CLIMATOLOGY)),
      band(dates, quantiles(0.1), quantiles(0.9), OUTER),
      band(dates, quantiles(0.25), quantiles(0.75), INNER),
      members.map((member) => curve(dates, member, MEMBER)),
      curve(dates, quantiles(0.5), MEDIAN),
      curve(dates, means, MEAN),
      truths.map((values) => curve(dates, values, VERIFICATION)),
    ],
  };
  const legend = [
    ...truths.map(() => VERIFICATION),
    MEDIAN,
    MEAN,
    MEMBER,
    INNER,
    OUTER,
    ...usual.map(() => CLIMATOLOGY),
  ];
  return page(titles, [chartPanel([chart], legend)]);
}

function requireSeries({ validTimes, members, truth, climatology }: PlumePicture): void {
  if (members.length === 0) throw invalid(WHERE, "at least one member", "none");
  const ascending = Array.from(validTimes).every((time, i) => i === 0 || time > validTimes[i - 1]!);
  if (!ascending || validTimes.length === 0)
    throw invalid(WHERE, "valid times that ascend", Array.from(validTimes).join(", "));
  const others = { truth, "lower climatology": climatology?.lower, "upper climatology": climatology?.upper };
  const named = [...members.map((member, m) => [`member ${m}`, member] as const), ...Object.entries(others)];
  for (const [name, series] of named) if (series !== undefined) requireLength(WHERE, name, series, validTimes.length);
  requireExtent(WHERE, members);
}

/** Of ordered values, NaN last. */
function quantileOf(ordered: Float64Array, probability: number): number {
  if (Number.isNaN(ordered.at(-1))) return Number.NaN;
  const at = probability * (ordered.length - 1);
  const lower = ordered[Math.floor(at)]!;
  return lower + (at % 1) * (ordered[Math.ceil(at)]! - lower);
}
