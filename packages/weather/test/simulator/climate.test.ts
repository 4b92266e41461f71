import { beforeAll, describe, expect, test } from "vitest";
import {
  climatologyMean,
  createAggregator,
  fitClimatology,
  persistence,
  rmse,
  spreadSkillRatio,
  type FieldLayout,
  type Forecaster,
} from "../../src/index.js";
import { energy } from "../../src/simulator/diagnostics.js";
import { outputFields, outputWinds, SIMULATOR_CHANNELS } from "../../src/simulator/outputs.js";
import { perfectEnsemble, perturbState } from "../../src/simulator/perfect-ensemble.js";
import { quasiGeostrophicModel } from "../../src/simulator/quasi-geostrophic.js";
import { simulate, STEPS_PER_DAY, type Snapshot } from "../../src/simulator/simulate.js";
import { adamsBashforth, rungeKuttaStep } from "../../src/simulator/time-stepping.js";

const model = quasiGeostrophicModel();
const layout: FieldLayout = { grid: model.harmonics.grid, channels: SIMULATOR_CHANNELS };
const HOUR = 3_600_000;
const POINTS = 32 * 64;

/** One year, two snapshots a day, for all tests of this file. */
let year: Snapshot[];

beforeAll(() => {
  year = [...simulate({ seed: 1, years: 1, hoursBetween: 12, spinUpDays: 100 })];
}, 600_000);

/** The year as if it were 2001, which has 365 days. */
const timeOf = (snapshot: Snapshot): number => Date.UTC(2001, 0) + snapshot.hours * HOUR;
const fieldAt = (time: number): Float32Array | undefined => year[(time - Date.UTC(2001, 0)) / (12 * HOUR)]?.fields;

/** RMSE by area of z500, t350 and t650, over the starts of every day of the year. */
function errors(forecaster: Forecaster, leadHours: number): number[] {
  const aggregator = createAggregator({ layout, metrics: [rmse()] });
  for (const snapshot of year.filter(({ hours }) => hours % 24 === 0)) {
    const start = timeOf(snapshot);
    const truth = fieldAt(start + leadHours * HOUR);
    if (truth !== undefined) aggregator.add({ start, leadHours, members: forecaster(start, leadHours), truth });
  }
  return aggregator.scores(rmse()).map(({ value }) => value);
}

/** Root mean square by area of the difference of two fields in z500, m2/s2. */
function distance(a: Float32Array, b: Float32Array): number {
  const squares = Float64Array.from({ length: POINTS }, (_, i) => (a[i]! - b[i]!) ** 2);
  return Math.sqrt(model.harmonics.analyse(squares)[0]!);
}

/** Expects each value to be as told, to a share of it. */
function expectNear(values: readonly number[], expected: readonly number[], share: number): void {
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => expect(Math.abs(value / expected[i]! - 1), `${value}`).toBeLessThan(share));
}

// Expected are the means of 20 years, whose single years are within 4 % of them.
describe("the climate of a year", () => {
  test("is as variable as it was tuned to be", () => {
    const fit = fitClimatology(layout);
    for (const snapshot of year) fit.add(timeOf(snapshot), snapshot.fields);
    // The 7 parameters of each cell, fitted to this year alone, take 5 % away.
    expectNear(errors(climatologyMean(fit.finish()), 0), [947 * 0.95, 3.71 * 0.95, 4.53 * 0.95], 0.06);
  });

  test("changes as fast as it was tuned to", () => {
    expectNear(errors(persistence(fieldAt), 12), [375, 1.52, 2.04], 0.05);
    expectNear(errors(persistence(fieldAt), 24), [659, 2.67, 3.55], 0.05);
    expectNear(errors(persistence(fieldAt), 72), [1154, 4.66, 5.85], 0.06);
    expectNear(errors(persistence(fieldAt), 120), [1270, 5.1, 6.24], 0.08);
  });

  test("has a jet in each hemisphere at 200 hPa", () => {
    const zonalMean = new Float64Array(32);
    for (const { state } of year) {
      const { u } = outputWinds(model, state);
      for (let i = 0; i < POINTS; i++) zonalMean[i >> 6]! += u[i]! / (64 * year.length);
    }
    for (const hemisphere of [zonalMean.subarray(0, 16), zonalMean.subarray(16).toReversed()]) {
      const jet = Math.max(...hemisphere);
      expectNear([jet], [41], 0.1);
      // Rows are 5.5 degrees apart, from the pole: a jet of the middle latitudes.
      expect(hemisphere.indexOf(jet)).toBeGreaterThan(2);
      expect(hemisphere.indexOf(jet)).toBeLessThan(9);
    }
  });

  test("keeps its energy", () => {
    const energies = year.map(({ state }) => energy(model, state));
    const mean = (part: readonly number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
    expectNear([mean(energies.slice(0, 365))], [mean(energies.slice(365))], 0.02);
    expectNear([Math.min(...energies), Math.max(...energies)], [mean(energies), mean(energies)], 0.06);
  });
});

describe("predictability", () => {
  test("a perturbation of 4 m2/s2 doubles in 2.4 days and saturates after a month", () => {
    const [starts, days] = [[0, 160, 320, 480], 32];
    const squares = new Float64Array(days + 1);
    for (const at of starts) {
      const forecasts = perfectEnsemble({ from: year[at]!, seed: 2, members: 1, size: 4, days, hoursBetween: 24 });
      for (const { leadHours, fields } of forecasts) {
        squares[leadHours / 24]! += distance(fields, year[at + leadHours / 12]!.fields) ** 2 / starts.length;
      }
    }
    const error = (day: number) => Math.sqrt(squares[day]!);
    const doubling = (12 * Math.LN2) / Math.log(error(14) / error(2));
    expect(doubling).toBeGreaterThan(2);
    expect(doubling).toBeLessThan(2.9);
    // Two states that know nothing of each other, but for the season, are as far apart as states 20 days from each other.
    const [unrelated] = errors(persistence(fieldAt), 480);
    const saturated = Math.sqrt((squares[30]! + squares[31]! + squares[32]!) / 3);
    expectNear([saturated], [unrelated!], 0.25);
  }, 300_000);

  test("the error of the time steps is below a fifth of what a perturbation of 4 m2/s2 grows to", () => {
    const { state, day } = year[0]!;
    const days = 3;
    const finer = state.slice();
    for (let step = 0; step < 24 * days; step++) rungeKuttaStep(model, finer, day + step / 24, 1 / 24);
    const after = (start: Float64Array): Float32Array => {
      const run = adamsBashforth(model, start, day, STEPS_PER_DAY);
      for (let step = 0; step < STEPS_PER_DAY * days; step++) run.advance();
      return outputFields(model, run.state);
    };
    const grown = distance(after(perturbState(model, state, { seed: 1, member: 0, size: 4 })), after(state));
    expect(grown).toBeGreaterThan(4);
    expect(distance(after(state), outputFields(model, finer))).toBeLessThan(grown / 5);
  });

  /** Spread over skill of 8 members from six analyses with an error of 100 m2/s2, by lead and channel. */
  const spreadOverSkill = (size: number, days: number): number[] => {
    const aggregator = createAggregator({ layout, metrics: [spreadSkillRatio()] });
    for (const at of [0, 120, 240, 360, 480, 600]) {
      const { state, day } = year[at]!;
      const analysis = perturbState(model, state, { seed: 3, member: at, size: 100 });
      const from = { state: analysis, day };
      for (const { leadHours, fields } of perfectEnsemble({
        ...{ from, seed: at, members: 8, size, days, hoursBetween: 24 },
      })) {
        const members = Array.from({ length: 8 }, (_, i) => fields.subarray(i * 3 * POINTS, (i + 1) * 3 * POINTS));
        const truth = year[at + leadHours / 12]!.fields;
        aggregator.add({ start: timeOf(year[at]!), leadHours, members, truth });
      }
    }
    return aggregator.scores(spreadSkillRatio()).map(({ value }) => value);
  };

  test("the spread of the perfect ensemble is its error, from the analysis on", () => {
    const ratios = spreadOverSkill(100, 3);
    expectNear(ratios, new Array<number>(4 * 3).fill(1), 0.15);
    // Control: with half of the analysis error it is overconfident.
    const overconfident = spreadOverSkill(50, 1);
    overconfident.forEach((ratio) => expect(ratio).toBeLessThan(0.75));
  }, 300_000);
});
