import { describe, expect, test } from "vitest";
import { openAnalyses } from "../../src/data/analyses.js";
import { regionalGrid } from "../../src/grid/grid.js";
import { seriesOf } from "../../src/training/series-of.js";
import { analysesFile, analysisValue, type Form } from "./memory-dataset.js";

/** Over the equator and Greenwich: in a file from 0 degrees the western columns are the last ones. */
const region = regionalGrid([-22.5, 22.5, 67.5], [-45, 0, 45, 90]);
const expected = Float32Array.from({ length: 12 }, (_, at) =>
  analysisValue(12, region.latitudes[Math.floor(at / 4)]!, (region.longitudes[at % 4]! + 360) % 360),
);

test.each<[string, Form]>([
  ["from 0 degrees", {}],
  ["from -180 degrees", { western: true }],
  ["from the north", { descending: true }],
  ["with levels", { levels: true, descending: true }],
])("a region is read out of a global file %s", async (_, form) => {
  const { layout, read } = await openAnalyses(analysesFile(form), { grid: region, channels: ["z500"] });
  expect(layout.grid).toBe(region);
  expect(await read(1)).toEqual(expected);
});

describe("what is no part of the file's grid is refused", () => {
  test.each<[string, number[], number[]]>([
    ["rows that it does not have", [-20, 25, 70], [0, 45, 90]],
    ["every second column", [-22.5, 22.5], [0, 90, 180]],
    ["more than all of it", [-67.5, -22.5, 22.5, 67.5, 89], [0, 45]],
  ])("%s", async (_, latitudes, longitudes) => {
    const attempt = async () => openAnalyses(analysesFile(), { grid: regionalGrid(latitudes, longitudes) });
    await expect(attempt()).rejects.toThrow(/the grid of|at equal steps/);
  });
});

test("a series of some years has their times alone", async () => {
  const times = Array.from({ length: 800 }, (_, i) => 24 * i);
  const series = await seriesOf(analysesFile({ times }), { name: "file", years: [2001, 2001] });
  expect(series.times.length).toBe(365);
  expect(new Date(series.times[0]!).toISOString()).toBe("2001-01-01T00:00:00.000Z");
  expect(series.fields[0]).toBe(analysisValue(366 * 24, -67.5, 0));
  const none = seriesOf(analysesFile({ times }), { name: "file", years: [1990, 1995] });
  await expect(none).rejects.toThrow(/at least two times/);
});
