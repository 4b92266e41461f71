import { describe, expect, test } from "vitest";
import { openAnalyses } from "../../src/data/analyses.js";
import { datasetOf } from "../../src/data/dataset.js";
import { equiangularGrid, gaussianGrid } from "../../src/grid/grid.js";
import { initialStateOf } from "../../src/model/initial-state-of.js";
import { seriesFields } from "../../src/training/series-fields.js";
import { seriesOf } from "../../src/training/series-of.js";
import { analysesFile, analysisValue, memoryVariable, type Form } from "./memory-dataset.js";

const grid = equiangularGrid(4, 8);
const HOUR = 3_600_000;
const BEGIN = Date.UTC(2000, 0, 1);
const expected = (hours: number) =>
  Float32Array.from({ length: 32 }, (_, at) =>
    analysisValue(hours, grid.latitudes[Math.floor(at / 8)]!, grid.longitudes[at % 8]!),
  );

test.each<[string, Form]>([
  ["as it is", {}],
  ["with latitudes from the north", { descending: true }],
  ["with longitudes from -180", { western: true }],
  ["with levels, named as in WeatherBench 2", { levels: true, units: "m**2 s**-2" }],
  ["all at once", { descending: true, western: true, levels: true }],
])("a file %s gives the same fields, south to north from 0 degrees", async (_, form) => {
  const { layout, times, read } = await openAnalyses(analysesFile(form), { grid, channels: ["z500"] });
  expect(layout.channels).toEqual(["z500"]);
  expect(Array.from(times, (time) => (time - BEGIN) / HOUR)).toEqual([0, 12, 24, 36]);
  expect(await read(2)).toEqual(expected(24));
  const series = await seriesOf(analysesFile(form), { name: "file", layout: { channels: ["z500"] } });
  expect(series.stepHours).toBe(12);
  expect(seriesFields(series)(BEGIN + 36 * HOUR)).toEqual(expected(36));
  expect(series.hash).toBe((await seriesOf(analysesFile(), { name: "other" })).hash);
});

test("all channels are taken unless some are named", async () => {
  expect((await openAnalyses(analysesFile({ levels: true }))).layout.channels).toEqual(["z850", "z500"]);
});

test("a series takes every so many-th time, and may have gaps", async () => {
  const halved = await seriesOf(analysesFile(), { name: "file", stepHours: 24 });
  expect(Array.from(halved.times, (time) => (time - BEGIN) / HOUR)).toEqual([0, 24]);
  const gap = await seriesOf(analysesFile({ times: [0, 12, 48, 60] }), { name: "file" });
  expect(gap.stepHours).toBe(12);
  expect(gap.times.length).toBe(4);
});

test("masked cells come as NaN", async () => {
  const { variables } = analysesFile();
  const z = variables.get("z500")!;
  const masked = datasetOf(
    [...variables.values()].map((one) =>
      one === z ? { ...z, attributes: { ...z.attributes, _FillValue: [expected(0)[0]!] } } : one,
    ),
    {},
  );
  const field = await (await openAnalyses(masked)).read(0);
  expect(Array.from(field.keys()).filter((at) => Number.isNaN(field[at]))).toEqual([0]);
  const model = { layout: { grid, channels: ["z500"] }, config: { stepHours: 12, hours: [0, 12] } } as never;
  await expect(initialStateOf(masked, model, BEGIN + 12 * HOUR)).rejects.toThrow(/without masked cells/);
});

describe("what cannot be read is said", () => {
  const wrong: [string, () => Promise<unknown>, RegExp][] = [
    ["a missing channel", () => openAnalyses(analysesFile(), { channels: ["t850"] }), /a variable t850, got z500/],
    ["another grid", () => openAnalyses(analysesFile(), { grid: gaussianGrid(4, 8) }), /the grid of 8 x 4 points \(gaussian\), .*got the grid of 8 x 4 points \(equiangular\)/], // prettier-ignore
    ["other units", () => openAnalyses(analysesFile({ units: "m" })), /z500 in m2 s-2, got m/],
    ["another calendar", () => openAnalyses(analysesFile({ calendar: "360_day" })), /a calendar among .*got "360_day"/],
    [
      "times without a reference",
      () => openAnalyses(analysesFile({ timeUnits: "hours" })),
      /units such as "hours since/,
    ],
    ["times that do not ascend", () => openAnalyses(analysesFile({ times: [0, 12, 12] })), /times that ascend/],
    ["irregular times", () => seriesOf(analysesFile({ times: [0, 12, 29] }), { name: "file" }), /steps of 12 hours, got 2000-01-01T12.*, 2000-01-02T05/], // prettier-ignore
    ["a single time", () => seriesOf(analysesFile({ times: [0] }), { name: "file" }), /at least two times/],
    ["a step that does not fit", () => seriesOf(analysesFile(), { name: "file", stepHours: 18 }), /a multiple of the data's step of 12 hours, got 18/], // prettier-ignore
  ];
  test.each(wrong)("%s", async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
  });

  test("no dimension of time", async () => {
    const still = datasetOf(
      [
        memoryVariable("latitude", { latitude: 2 }, Float64Array.of(0, 1), { units: "degrees_north" }),
        memoryVariable("longitude", { longitude: 2 }, Float64Array.of(0, 1), { units: "degrees_east" }),
        memoryVariable("z500", { latitude: 2, longitude: 2 }, new Float32Array(4)),
      ],
      {},
    );
    await expect(openAnalyses(still)).rejects.toThrow(/a coordinate of time, got the coordinates latitude, longitude/);
  });

  test("no field with a time", async () => {
    const { variables } = analysesFile();
    const bare = datasetOf(
      [...variables.values()].filter(({ name }) => name !== "z500"),
      {},
    );
    await expect(openAnalyses(bare)).rejects.toThrow(/variables with the dimensions time, latitude and longitude/);
  });
});

describe("an initial state", () => {
  const model = { layout: { grid, channels: ["z500"] }, config: { stepHours: 12, hours: [0, 12] } } as never;

  test("is the last that has a predecessor, or that of a time", async () => {
    const last = await initialStateOf(analysesFile({ descending: true, times: [0, 12, 24, 90] }), model);
    expect(last).toEqual({ time: BEGIN + 24 * HOUR, previous: expected(12), current: expected(24) });
    // The model does not know what is usual at 6 and 18 o'clock.
    const often = await initialStateOf(analysesFile({ times: [0, 6, 12, 18] }), model);
    expect(often.time).toBe(BEGIN + 12 * HOUR);
    const old = await initialStateOf(analysesFile({ timeUnits: "hours since 1959-01-01" }), model);
    expect(new Date(old.time).getUTCFullYear()).toBe(1959);
    const early = await initialStateOf(analysesFile(), model, BEGIN + 12 * HOUR);
    expect(early.previous).toEqual(expected(0));
  });

  test("needs both times", async () => {
    const first = initialStateOf(analysesFile(), model, BEGIN);
    await expect(first).rejects.toThrow(/two analyses 12 hours apart at 1999-12-31T12.* and 2000-01-01T00/);
    const sparse = initialStateOf(analysesFile({ times: [0, 24] }), model);
    await expect(sparse).rejects.toThrow(/two analyses 12 hours apart, got 2 times from 2000-01-01/);
  });
});
