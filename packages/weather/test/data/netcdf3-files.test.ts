import { join } from "node:path";
import { expect } from "vitest";
import { variableOf } from "../../src/data/dataset.js";
import { readDecoded } from "../../src/data/decode.js";
import { gridOf, readFields } from "../../src/data/grid-of.js";
import { decodeTimes } from "../../src/data/time.js";
import { readNetcdf3File } from "../../src/node/netcdf3-file.js";
import { testWithData } from "./weather-data.fixture.js";

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

testWithData("eraint-weurope-daily", "ERA-Interim, packed, with a record dimension", async (folder) => {
  for (const [file, name, average, first] of [
    ["mslp_ei.nc", "msl", 101589.606, 99541.21],
    ["z500_ei.nc", "z", 55491.171, 50394.0576],
    ["t850_ei.nc", "t", 280.1629, 265.1537],
  ] as const) {
    const dataset = await readNetcdf3File(join(folder, file));
    expect(Object.fromEntries(dataset.dimensions)).toEqual({ time: 3653, latitude: 21, longitude: 24 });
    const variable = variableOf(dataset, name);
    const { values } = await readDecoded(variable);
    expect(Math.abs(mean(values) / average - 1)).toBeLessThan(1e-7);
    expect(Math.abs(values[0]! / first - 1)).toBeLessThan(1e-6);
    const placement = await gridOf(dataset);
    expect(placement.grid.latitudes[0]).toBe(30);
    expect([placement.grid.longitudes[0], placement.grid.longitudes[23]]).toEqual([-20, 14.5]);
    const south = await readFields(variable, placement, { time: 0 });
    expect(south.values[20 * 24]).toBe(values[0]);
    const time = variableOf(dataset, "time");
    const times = decodeTimes(await time.read(), time.attributes["units"] as string);
    expect(new Date(times.at(-1)!).toISOString()).toBe("2009-12-31T12:00:00.000Z");
  }
});

testWithData("ncl-storm-1996", "the storm of 1996, in classic format", async (folder) => {
  const dataset = await readNetcdf3File(join(folder, "Tstorm.cdf"));
  const { values, shape } = await readDecoded(variableOf(dataset, "t"));
  expect(shape).toEqual([64, 33, 36]);
  expect(values.every((value) => Number.isNaN(value) || (value > 180 && value < 330))).toBe(true);
  const { grid } = await gridOf(dataset);
  expect([grid.latitudes[0], grid.latitudes[32], grid.longitudes[0], grid.longitudes[35]]).toEqual([
    20, 60, -140, -52.5,
  ]);
});

testWithData("norm-stats-era5", "ERA5's statistics, with 64-bit offsets", async (folder) => {
  const dataset = await readNetcdf3File(join(folder, "graphcast-6h", "era5_std.nc"));
  expect((await readDecoded(variableOf(dataset, "2m_temperature"))).values[0]).toBeCloseTo(21.41, 2);
  const changes = await readNetcdf3File(join(folder, "graphcast-6h", "era5_residual_std.nc"));
  expect((await readDecoded(variableOf(changes, "mean_sea_level_pressure"))).values[0]).toBeCloseTo(266.9, 1);
  expect((await readDecoded(variableOf(changes, "2m_temperature"))).values[0]).toBeCloseTo(2.609, 3);
});
