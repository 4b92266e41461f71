import { describe, expect, test } from "vitest";
import type { Analyses } from "../../src/data/analyses.js";
import { datasetOf, type Attributes } from "../../src/data/dataset.js";
import { openForecast } from "../../src/evaluation/forecast-file.js";
import { verifyForecast } from "../../src/evaluation/verify-forecast.js";
import { equiangularGrid } from "../../src/grid/grid.js";
import { memoryVariable } from "../data/memory-dataset.js";

const HOUR = 3_600_000;
const BEGIN = Date.UTC(2020, 0, 1);
const grid = equiangularGrid(4, 8);
const CELLS = 32;

/** What the store holds, the same in all cells. */
const valueAt = (start: number, member: number, lead: number) => 100 * start + 10 * lead + member;

/** Two starts, three members and two leads, laid out as WeatherBench 2 has its ensembles, with levels. */
function store(changes: { lead?: Attributes; leads?: number[]; omit?: string } = {}) {
  const { lead = { units: "nanoseconds" }, leads = [0, 432e11], omit } = changes;
  const values = [0, 1].flatMap((start) =>
    [0, 1, 2].flatMap((member) =>
      [0, 1].flatMap((l) =>
        [500, 850].flatMap((level) =>
          new Array<number>(CELLS).fill(valueAt(start, member, l) + (level === 500 ? 0 : 5000)),
        ),
      ),
    ),
  );
  const all = [
    memoryVariable("time", { time: 2 }, Float64Array.of(0, 24), { units: "hours since 2020-01-01" }),
    memoryVariable("number", { number: 3 }, Int32Array.of(0, 1, 2)),
    memoryVariable("prediction_timedelta", { prediction_timedelta: 2 }, Float64Array.from(leads), lead),
    memoryVariable("level", { level: 2 }, Int32Array.of(500, 850), { units: "hPa" }),
    memoryVariable("longitude", { longitude: 8 }, grid.longitudes, { units: "degrees_east" }),
    memoryVariable("latitude", { latitude: 4 }, grid.latitudes, { units: "degrees_north" }),
    memoryVariable(
      "geopotential",
      { time: 2, number: 3, prediction_timedelta: 2, level: 2, longitude: 8, latitude: 4 },
      Float32Array.from(values),
      { units: "m**2 s**-2" },
    ),
  ];
  return datasetOf(
    all.filter(({ name }) => name !== omit),
    {},
  );
}

test("a store of several starts is read member by member at each lead, its levels as channels", async () => {
  const forecast = await openForecast(store());
  expect(forecast.layout.channels).toEqual(["z500", "z850"]);
  expect(Array.from(forecast.starts)).toEqual([BEGIN, BEGIN + 24 * HOUR]);
  expect(forecast.leadHours).toEqual([0, 12]);
  expect(forecast.members).toBe(3);
  const members = await forecast.read(1, 1);
  members.forEach((field, m) => {
    expect(Array.from(field.subarray(0, CELLS))).toEqual(new Array(CELLS).fill(valueAt(1, m, 1)));
    expect(field[CELLS]).toBe(valueAt(1, m, 1) + 5000);
  });
});

test.each([
  ["number", /a coordinate of members \(realization\), got time\(time\)/],
  ["prediction_timedelta", /a coordinate of lead times \(forecast_period\)/],
  ["time", /the start of the forecast/],
  ["geopotential", /a variable with time, number, prediction_timedelta and the grid/],
])("without %s it is no forecast", async (omit, message) => {
  await expect(openForecast(store({ omit }))).rejects.toThrow(message);
});

test("leads are in any units of time, and in no others", async () => {
  expect((await openForecast(store({ lead: { units: "days" }, leads: [0, 0.5] }))).leadHours).toEqual([0, 12]);
  await expect(openForecast(store({ lead: { units: "months" } }))).rejects.toThrow(/units such as "hours".*"months"/);
});

describe("verification", () => {
  /** Truths that lie so far above the middle member, of the times that there are. */
  const truth = (above: number, hours: readonly number[]): Analyses => ({
    layout: { grid, channels: ["z500", "z850"] },
    times: Float64Array.from(hours, (hour) => BEGIN + hour * HOUR),
    read: (index) => {
      const at = hours[index]!;
      const middle = valueAt(Math.floor(at / 24), 1, (at % 24) / 12) + above;
      return Promise.resolve(Float32Array.from({ length: 2 * CELLS }, (_, i) => middle + (i < CELLS ? 0 : 5000)));
    },
  });

  test("has the scores that can be worked out by hand", async () => {
    const { scores, unverified, starts } = await verifyForecast(await openForecast(store()), {
      truth: truth(4, [0, 12, 24, 36]),
    });
    expect(unverified).toBe(0);
    expect(starts).toEqual(["2020-01-01T00:00:00.000Z", "2020-01-02T00:00:00.000Z"]);
    expect(scores.length).toBe(4);
    for (const score of scores) {
      // Members -1, 0, 1 and the truth 4: mean distance 4, mean distance of two members 4/3.
      expect(score.crps).toBeCloseTo(4 - 2 / 3, 4);
      expect(score.rmse).toBeCloseTo(4, 4);
      expect(score.bias).toBeCloseTo(-4, 4);
      expect(score.spread).toBeCloseTo(1, 4);
      expect(score.spreadSkill).toBeCloseTo(Math.sqrt(4 / 3) / 4, 4);
      expect(score.ranks).toEqual([0, 0, 0, 1]);
      expect(score.starts).toBe(2);
    }
  });

  test("leaves out leads without truth, and says how many", async () => {
    const forecast = await openForecast(store());
    const { unverified, scores } = await verifyForecast(forecast, { truth: truth(0, [0, 12, 24]) });
    expect(unverified).toBe(1);
    expect(scores.map(({ leadHours, starts }) => [leadHours, starts])).toEqual([[0, 2], [0, 2], [12, 1], [12, 1]]); // prettier-ignore
    await expect(verifyForecast(forecast, { truth: truth(0, [5]) })).rejects.toThrow(/analyses between 2020-01-01T00/);
  });

  test("stops when it is told to", async () => {
    const stopped = verifyForecast(await openForecast(store()), { truth: truth(0, [0]), signal: AbortSignal.abort() });
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  });
});
