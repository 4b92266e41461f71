import { join } from "node:path";
import { expect } from "vitest";
import { variableOf, type Dataset } from "../../src/data/dataset.js";
import { readDecoded } from "../../src/data/decode.js";
import { gridOf, readFields } from "../../src/data/grid-of.js";
import { decodeTimes } from "../../src/data/time.js";
import { readDatasetFile } from "../../src/node/dataset-file.js";
import { testWithData } from "./weather-data.fixture.js";

/** Order of the scores in the files of GenCast, whose names are texts. */
const METRICS = ["crps", "energyscore", "fcrps", "fenergyscore", "frmse", "mse", "spskr", "var"];

/** Largest deviation, relative to one, from frmse^2 = mse - var/M and spskr^2 = (M + 1)/M var/mse. */
async function deviation(dataset: Dataset, members: number): Promise<number> {
  let worst = 0;
  for (const variable of dataset.variables.values()) {
    if (!variable.dimensions.includes("metric")) continue;
    const score = async (name: string) =>
      (await readDecoded(variable, { slice: { metric: METRICS.indexOf(name) } })).values;
    const [frmse, mse, spskr, variance] = await Promise.all(["frmse", "mse", "spskr", "var"].map(score));
    mse!.forEach((square, i) => {
      const debiased = frmse![i]! ** 2 / (square - variance![i]! / members);
      const ratio = (spskr![i]! ** 2 * square * members) / ((members + 1) * variance![i]!);
      worst = Math.max(worst, Math.abs(debiased - 1), Math.abs(ratio - 1));
    });
  }
  return worst;
}

testWithData(
  "gencast-scores",
  "GenCast's published scores obey the identities of their definitions",
  async (folder) => {
    for (const model of ["gencast_1deg", "gencast_0p25deg"]) {
      const dataset = await readDatasetFile(join(folder, model, "test-multistep=10-era5_ensemble_metrics.nc"));
      expect(Object.fromEntries(dataset.dimensions)).toEqual({ metric: 8, prediction_timedelta: 10 });
      expect(dataset.variables.size).toBe(10);
      expect(await deviation(dataset, 50)).toBeLessThan(1e-6);
      expect(await deviation(dataset, 49)).toBeGreaterThan(1e-4);
    }
    const histogram = await readDatasetFile(
      join(folder, "gencast_1deg", "test-multistep=10-era5_rank_histogram_50_members.nc"),
    );
    const { shape } = await readDecoded(variableOf(histogram, "2m_temperature"));
    expect(shape.at(-1)).toBe(51);
  },
);

testWithData("rmm1-hindcast", "a hindcast of an index and what was observed", async (folder) => {
  const hindcast = await readDatasetFile(join(folder, "GMAO-GEOS-V2p1.RMM1.nc"));
  expect(Object.fromEntries(hindcast.dimensions)).toEqual({ S: 510, M: 4, L: 45 });
  const starts = variableOf(hindcast, "S");
  const times = decodeTimes(await starts.read(), starts.attributes["units"] as string, "standard");
  expect([times[0]!, times.at(-1)!].map((time) => new Date(time).getUTCFullYear())).toEqual([1999, 2015]);
  expect(Array.from(await variableOf(hindcast, "L").read({ L: [0, 2] }))).toEqual([0.5, 1.5]);
  const whole = await readDecoded(variableOf(hindcast, "RMM1"));
  const part = await readDecoded(variableOf(hindcast, "RMM1"), {
    slice: { S: 509, M: [1, 3] },
    order: ["L", "M", "S"],
  });
  expect(part.values[3 * 2 + 1]).toBe(whole.values[(509 * 4 + 2) * 45 + 3]);
  expect(whole.values.every((value) => Number.isNaN(value) || Math.abs(value) < 6)).toBe(true);
  const observed = await readDatasetFile(join(folder, "RMM1.observed.interannual.1974-06.2017-07.nc"));
  const index = variableOf(observed, "rmm1");
  expect(index.shape).toEqual([15613]);
});

testWithData("static-fields", "orography on a Gaussian grid, and a mask in compressed chunks", async (folder) => {
  const surface = await readDatasetFile(join(folder, "speedy_t30_surface.nc"));
  const placement = await gridOf(surface);
  expect(placement.grid.kind).toBe("gaussian");
  const { values } = await readFields(variableOf(surface, "orog"), placement);
  expect(values.length).toBe(48 * 96);
  expect(Math.max(...values)).toBeGreaterThan(4000);
  const basins = await readDatasetFile(join(folder, "basin_mask.nc"));
  const globe = await gridOf(basins);
  const mask = await readFields(variableOf(basins, "basin"), globe, { Z: 0 });
  const land = mask.values.reduce(
    (sum, basin, i) => sum + (Number.isNaN(basin) ? globe.grid.areaWeights[Math.floor(i / 360)]! : 0),
    0,
  );
  expect(land / (180 * 360)).toBeCloseTo(0.31, 2);
});

testWithData("norm-stats-era5", "ERA5's statistics of 12 hours, by level", async (folder) => {
  const at = async (file: string, name: string, level?: number) => {
    const dataset = await readDatasetFile(join(folder, "graphcast-12h", file));
    const levels = Array.from(await variableOf(dataset, "level").read());
    const slice = level === undefined ? {} : { level: levels.indexOf(level) };
    return (await readDecoded(variableOf(dataset, name), { slice })).values[0]!;
  };
  expect(await at("stddev_by_level.nc", "geopotential", 500)).toBeCloseTo(3358.6, 1);
  expect(await at("diffs_stddev_by_level.nc", "geopotential", 500)).toBeCloseTo(404.19, 2);
  expect(await at("diffs_stddev_by_level.nc", "temperature", 850)).toBeCloseTo(2.4575, 4);
  expect(await at("diffs_stddev_by_level.nc", "2m_temperature")).toBeCloseTo(3.578, 3);
  expect(await at("diffs_stddev_by_level.nc", "mean_sea_level_pressure")).toBeCloseTo(430.6, 1);
});
