import { NextscaleError } from "@nextscale/engine";
import type { FolderFiles } from "@nextscale/engine/node";
import {
  forecastVariable,
  rankHistogram,
  createAggregator,
  type Analyses,
  type ForecastFile,
  type Grid,
} from "@nextscale/weather";
import { fieldSampler, meanAndSpreadMaps, plume, rankHistogramPlot, stamps } from "@nextscale/weather/plot";
import type { Point } from "../options.js";

/** What to draw of a forecast. */
export interface ForecastPicturesOptions {
  readonly truth?: Analyses;
  readonly variable?: string;
  /** Hours; day 5 unless told, or the last lead of a shorter forecast. */
  readonly lead?: number;
  /** Of the plume; the middle of a region, and 50 N 10 E on the globe unless told. */
  readonly point?: Point;
  readonly signal: AbortSignal;
}

const HOUR = 3_600_000;

/** The lead that is drawn unless told. */
const USUAL_LEAD = 120;

/** Pictures of the first start of a forecast, by file name. */
export async function forecastPictures(forecast: ForecastFile, options: ForecastPicturesOptions): Promise<FolderFiles> {
  const { layout, leadHours, starts } = forecast;
  const { truth, signal } = options;
  const { grid } = layout;
  const variable = options.variable ?? layout.channels[0]!;
  const channel = layout.channels.indexOf(variable);
  if (channel < 0) throw invalid(`--variable among ${layout.channels.join(", ")}`, variable);
  const leadAt = leadPosition(leadHours, options.lead);
  const start = starts[0]!;
  const cells = grid.latitudes.length * grid.longitudes.length;
  const partOf = (field: Float32Array) => field.subarray(channel * cells, (channel + 1) * cells);
  const truthAt = async (lead: number) => {
    const index = truth?.times.indexOf(start + lead * HOUR) ?? -1;
    return index < 0 ? undefined : partOf(await truth!.read(index));
  };
  const place = options.point ?? middleOf(grid);
  requireInside(grid, place);
  if (truth !== undefined && !leadHours.some((lead) => truth.times.includes(start + lead * HOUR))) {
    throw invalid("--truth of the times of the forecast", `none from ${new Date(start).toISOString()} on`);
  }
  const series: number[][] = Array.from({ length: forecast.members }, () => []);
  const truths: number[] = [];
  for (const [l, lead] of leadHours.entries()) {
    signal.throwIfAborted();
    const at = (field: Float32Array) => fieldSampler(grid, field)(place.longitude, place.latitude);
    (await forecast.read(0, l)).forEach((member, m) => series[m]!.push(at(partOf(member))));
    const observed = await truthAt(lead);
    truths.push(observed === undefined ? Number.NaN : at(observed));
  }
  const members = (await forecast.read(0, leadAt)).map(partOf);
  const observed = await truthAt(leadHours[leadAt]!);
  const { longName = variable, units } = forecastVariable(variable);
  const label = units === undefined ? variable : `${variable} (${units})`;
  const from = new Date(start).toISOString().slice(0, 16).replace("T", " ");
  const when = { subtitle: `Start ${from} UTC, lead ${leadHours[leadAt]!} hours, ${members.length} members` };
  const name = `${variable}-${leadHours[leadAt]!}h`;
  const where = `${degrees(place.latitude, "N", "S")} ${degrees(place.longitude, "E", "W")}`;
  return {
    ...(members.length < 2
      ? {}
      : { [`mean-and-spread-${name}.svg`]: meanAndSpreadMaps({ title: longName, ...when, grid, members, label }) }),
    [`stamps-${name}.svg`]: stamps({
      ...{ title: longName, ...when, grid, members, label },
      ...(observed === undefined ? {} : { truth: observed }),
    }),
    [`plume-${variable}.svg`]: plume({
      ...{ title: `${longName} at ${where}`, subtitle: `Start ${from} UTC`, members: series, label },
      validTimes: leadHours.map((lead) => start + lead * HOUR),
      ...(truths.every(Number.isNaN) ? {} : { truth: truths }),
    }),
    ...(observed === undefined
      ? {}
      : {
          [`ranks-${name}.svg`]: rankHistogramPlot({
            ...{ title: `Ranks of the truth, ${longName}`, ...when, cases: 1 },
            shares: ranksOf(grid, variable, members, observed),
          }),
        }),
  };
}

/** @throws NextscaleError `invalid-argument` for a place outside a region */
function requireInside({ kind, latitudes, longitudes }: Grid, { latitude, longitude }: Point): void {
  if (kind !== "regional") return;
  const [south, north, west, east] = [latitudes[0]!, latitudes.at(-1)!, longitudes[0]!, longitudes.at(-1)!];
  const turned = west + ((((longitude - west) % 360) + 360) % 360);
  if (latitude >= south && latitude <= north && turned <= east) return;
  throw invalid(`--point from ${south} to ${north} north and ${west} to ${east} east`, `${latitude},${longitude}`);
}

function ranksOf(grid: Grid, channel: string, members: readonly Float32Array[], truth: Float32Array): Float64Array {
  const metric = rankHistogram({ seed: 0 });
  const aggregator = createAggregator({ layout: { grid, channels: [channel] }, metrics: [metric] });
  aggregator.add({ start: 0, leadHours: 0, members, truth });
  return aggregator.scores(metric)[0]!.value;
}

function leadPosition(leadHours: readonly number[], wanted: number | undefined): number {
  const at = leadHours.indexOf(wanted ?? USUAL_LEAD);
  if (at >= 0) return at;
  if (wanted === undefined) return leadHours.length - 1;
  throw invalid(`--lead among ${leadHours.join(", ")} hours`, `${wanted}`);
}

function middleOf({ latitudes, longitudes, periodic }: Grid): Point {
  if (periodic) return { latitude: 50, longitude: 10 };
  const middle = (values: Float64Array) => (values[0]! + values.at(-1)!) / 2;
  return { latitude: middle(latitudes), longitude: middle(longitudes) };
}

function degrees(value: number, positive: string, negative: string): string {
  return `${Number(Math.abs(value).toFixed(2))}°${value < 0 ? negative : positive}`;
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "weather plot", expected, got });
}
