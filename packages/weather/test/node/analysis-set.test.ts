import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ANALYSIS_SETS } from "../../src/config/analysis-sets.js";
import { openAnalyses } from "../../src/data/analyses.js";
import { analysisSetIn, folderOfSet } from "../../src/node/analysis-set.js";
import { openDataset } from "../../src/node/open-dataset.js";
import { seriesOf } from "../../src/training/series-of.js";
import { testWithData } from "../data/weather-data.fixture.js";

const [set] = ANALYSIS_SETS;
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nextscale-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

test("a set is known by its files, all of them", () => {
  const folder = join(home, "weather", set!.name);
  mkdirSync(folder, { recursive: true });
  const files = Object.values(set!.files);
  for (const file of files.slice(1)) writeFileSync(join(folder, file), "");
  expect(analysisSetIn(folder)).toBeUndefined();
  vi.stubEnv("NEXTSCALE_DATA", home);
  expect(() => folderOfSet(set!)).toThrow(
    /mslp_ei\.nc, .* of NEXTSCALE_DATA, got not all of them .*; take the files from/,
  );
  writeFileSync(join(folder, files[0]!), "");
  expect(analysisSetIn(folder)).toBe(set);
  expect(folderOfSet(set!)).toBe(folder);
  vi.stubEnv("NEXTSCALE_DATA", "");
  expect(() => folderOfSet(set!)).toThrow(/got no NEXTSCALE_DATA/);
});

test("years that are tested on are not learned from", () => {
  for (const { years } of ANALYSIS_SETS) {
    const spans = [years.train, years.validation, years.test];
    spans.slice(1).forEach(([first], i) => expect(first).toBeGreaterThan(spans[i]![1]));
  }
});

testWithData(
  "eraint-weurope-daily",
  "ERA-Interim as it is published is read as the preset wants it",
  async (folder) => {
    const { layout, years } = set!;
    const dataset = await openDataset(folder);
    const whole = await openAnalyses(dataset);
    expect(whole.layout.channels).toEqual(["msl", "z500", "t850"]);
    expect([whole.layout.grid.latitudes.length, whole.layout.grid.longitudes.length]).toEqual([21, 24]);
    const series = await seriesOf(dataset, { name: "europe", layout, years: years.validation });
    expect(series.times.length).toBe(365);
    expect(series.stepHours).toBe(24);
    expect(Array.from(series.layout.grid.latitudes.subarray(0, 2))).toEqual([31.5, 33]);
    // The row at 30 degrees north is the one that is left out.
    const first = whole.times.findIndex((time) => time === series.times[0]);
    const field = await whole.read(first);
    const cells = 20 * 24;
    expect(series.fields[0]).toBe(field[24]);
    expect(series.fields[(cells - 1) * 3 + 2]).toBe(field[3 * 21 * 24 - 1]);
    const named = await openDataset(Object.entries(set!.files).map(([channel, file]) => `${channel}=${join(folder, file)}`).join(",")); // prettier-ignore
    expect(await (await openAnalyses(named)).read(first)).toEqual(field);
  },
);
