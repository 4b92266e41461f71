import { normals, randomStream } from "@nextscale/refinement-core";
import { describe, expect, test } from "vitest";
import {
  blockBootstrap,
  bootstrapScoreDifference,
  climatologyAt,
  climatologyEnsemble,
  climatologyMean,
  createAggregator,
  dampedAnomaly,
  fitClimatology,
  fitDamping,
  persistence,
  rmse,
} from "../../src/index.js";
import { SMALL, uniformCase } from "./cases.js";

const DAY = 86_400_000;
const START = Date.UTC(2003, 0, 1, 12);

const yearAngle = (time: number): number => {
  const year = new Date(time).getUTCFullYear();
  return (2 * Math.PI * (time - Date.UTC(year, 0))) / (Date.UTC(year + 1, 0) - Date.UTC(year, 0));
};
const seasonal = (time: number): number => 50 + 8 * Math.cos(yearAngle(time)) - 3 * Math.sin(3 * yearAngle(time));
const field = (value: number): Float32Array => new Float32Array(4).fill(value);

describe("climatology", () => {
  test("three harmonics come back exactly, in leap years too, and masked values do not matter", () => {
    const fit = fitClimatology(SMALL);
    for (let day = 0; day < 730; day++) {
      const one = field(seasonal(START + day * DAY));
      if (day % 3 === 0) one[1] = Number.NaN;
      one[2] = Number.NaN;
      fit.add(START + day * DAY, one);
    }
    const climatology = fit.finish();
    for (const time of [START, Date.UTC(2004, 1, 29, 12), Date.UTC(2010, 6, 1, 12)]) {
      const [a, b, masked] = climatologyAt(climatology, time);
      expect(a).toBeCloseTo(seasonal(time), 4);
      expect(b).toBeCloseTo(seasonal(time), 4);
      expect(masked).toBeNaN();
    }
    expect(() => climatologyAt(climatology, Date.UTC(2004, 1, 1, 6))).toThrow(/hour of day among 12/);
  });

  test("six days of January do not determine it", () => {
    const fit = fitClimatology(SMALL);
    for (let day = 0; day < 6; day++) fit.add(START + day * DAY, field(1));
    expect(() => fit.finish()).toThrow(/spread over the year/);
    expect(() => fit.add(START, new Float32Array(3))).toThrow(expect.objectContaining({ code: "shape" }));
  });
});

describe("baselines", () => {
  // A first-order autoregression about the season: the best factor over n days is 0.8^n.
  const days = 6000;
  const noise = normals(randomStream(1, "test/autoregression"), { draws: days });
  const anomalies = new Float64Array(days);
  for (let day = 1; day < days; day++) anomalies[day] = 0.8 * anomalies[day - 1]! + noise[day]!;
  const source = (time: number): Float32Array | undefined => {
    const anomaly = anomalies[(time - START) / DAY];
    return anomaly === undefined ? undefined : field(seasonal(time) + anomaly);
  };
  const fit = fitClimatology(SMALL);
  for (let day = 0; day < days; day++) fit.add(START + day * DAY, source(START + day * DAY)!);
  const climatology = fit.finish();

  test("damping is the autocorrelation, and the damped anomaly beats persistence and climatology", () => {
    const damping = fitDamping(climatology);
    for (let day = 0; day < days - 3; day++) {
      const time = START + day * DAY;
      for (const lead of [24, 72]) damping.add(time, lead, source(time)!, source(time + (lead / 24) * DAY)!);
    }
    const factors = damping.finish();
    expect(Math.abs(factors.get(24)![0]! - 0.8)).toBeLessThan(0.04);
    expect(Math.abs(factors.get(72)![0]! - 0.512)).toBeLessThan(0.07);

    const score = (forecaster: ReturnType<typeof persistence>, lead: number): number => {
      const aggregator = createAggregator({ layout: SMALL, metrics: [rmse()] });
      for (let day = 0; day < days - 3; day += 5) {
        const start = START + day * DAY;
        const truth = source(start + (lead / 24) * DAY)!;
        aggregator.add({ start, leadHours: lead, members: forecaster(start, lead), truth });
      }
      return aggregator.scores(rmse())[0]!.value;
    };
    for (const lead of [24, 72]) {
      const damped = score(dampedAnomaly(source, climatology, factors), lead);
      expect(damped).toBeLessThan(score(persistence(source), lead));
      expect(damped).toBeLessThan(score(climatologyMean(climatology), lead));
    }
    expect(() => dampedAnomaly(source, climatology, factors)(START, 48)).toThrow(/a lead among 24, 72/);
    expect(() => persistence(source)(START - DAY, 24)).toThrow(expect.objectContaining({ code: "missing-data" }));
  });

  test("climatology ensemble: the same day of other years, never the truth's own", () => {
    const dated = (time: number): Float32Array => field(new Date(time).getUTCFullYear());
    const forecaster = climatologyEnsemble({ fields: dated, years: [2001, 2002, 2003, 2004] });
    expect(forecaster(Date.UTC(2003, 5, 1), 48).map((member) => member[0])).toEqual([2001, 2002, 2004]);
    const dayOf = (time: number): Float32Array => field(new Date(time).getUTCDate());
    const leap = climatologyEnsemble({ fields: dayOf, years: [2003, 2008] });
    expect(leap(Date.UTC(2004, 1, 28, 12), 24).map((member) => member[0])).toEqual([28, 29]);
    const none = climatologyEnsemble({ fields: () => undefined, years: [2003] });
    expect(() => none(START, 24)).toThrow(expect.objectContaining({ code: "missing-data" }));
  });
});

describe("block bootstrap", () => {
  const series = (errorOf: (day: number) => number) => {
    const aggregator = createAggregator({ layout: SMALL, metrics: [rmse()], keepStarts: true });
    for (let day = 0; day < 200; day++) aggregator.add(uniformCase([errorOf(day)], 0, SMALL, { start: day * DAY }));
    return aggregator.starts({ region: "global", leadHours: 24, output: "z" });
  };
  const noise = normals(randomStream(2, "test/bootstrap"), { draws: 200 });
  const worse = series((day) => 2 + noise[day]!);
  const better = series((day) => 1.8 + noise[day]!);
  const options = { seed: 1, blockLength: 5, resamples: 400 };

  test("a real difference is significant, none is 0", () => {
    const interval = bootstrapScoreDifference(worse, better, rmse(), options);
    expect(interval.lower).toBeGreaterThan(0);
    expect(interval.estimate).toBeGreaterThan(interval.lower);
    expect(interval.upper).toBeGreaterThan(interval.estimate);
    expect(bootstrapScoreDifference(worse, worse, rmse(), options)).toMatchObject({ lower: 0, upper: 0 });
    expect(bootstrapScoreDifference(worse, better, rmse(), options)).toEqual(interval);
    expect(() => bootstrapScoreDifference(worse, better.slice(1), rmse(), options)).toThrow(/same starts/);
  });

  test("blocks see correlation that single items do not", () => {
    const smooth = new Float64Array(400);
    const steps = normals(randomStream(4, "test/blocks"), { draws: 400 });
    for (let i = 1; i < 400; i++) smooth[i] = 0.9 * smooth[i - 1]! + steps[i]!;
    const mean = (items: Uint32Array): number => items.reduce((sum, item) => sum + smooth[item]!, 0) / items.length;
    const single = blockBootstrap(400, mean, { ...options, blockLength: 1 }).standardError;
    const blocks = blockBootstrap(400, mean, { ...options, blockLength: 30 }).standardError;
    expect(blocks).toBeGreaterThan(2 * single);
    expect(() => blockBootstrap(400, mean, { ...options, blockLength: 0 })).toThrow(/at least 1 start/);
  });
});
