import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cfEnsembleLayout, weatherBenchLayout } from "../../src/data/forecast-layout.js";
import { openDatasetWriter } from "../../src/node/dataset-file.js";
import { forecast } from "./forecast.fixture.js";

const python = process.env["NEXTSCALE_PYTHON"] ?? "python3";
const script = join(import.meta.dirname, "../../../../tools/peers/check_forecasts.py");

/** Whether the peers can be asked; importing them takes a second, so it is asked once. */
const hasPeers = spawnSync(python, ["-c", "import xarray, netCDF4, zarr"]).status === 0;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "nextscale-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const DATA = Array.from({ length: 3 * 2 * 32 }, (_, i) => (i % 7 === 0 ? NaN : i / 8));

/** Writes the forecast in each format, with what the script is to find in it. */
async function writeForecasts(): Promise<void> {
  const { latitudes, longitudes } = forecast.grid;
  const shared = { latitude: Array.from(latitudes), longitude: Array.from(longitudes) };
  const lead = ["43200 s", "86400 s"];
  const attributes = { standard_name: "geopotential", units: "m2 s-2" };
  const cf = {
    sizes: { realization: 3, lead_time: 2, latitude: 4, longitude: 8 },
    coordinates: {
      ...{ ...shared, realization: [0, 1, 2], lead_time: lead, forecast_reference_time: ["2020-01-01T00:00:00"] },
      valid_time: ["2020-01-01T12:00:00", "2020-01-02T00:00:00"],
    },
    dimensions: ["realization", "lead_time", "latitude", "longitude"],
    layout: cfEnsembleLayout(forecast),
  };
  const weatherBench = {
    sizes: { time: 1, number: 3, prediction_timedelta: 2, longitude: 8, latitude: 4 },
    coordinates: { ...shared, number: [0, 1, 2], prediction_timedelta: lead, time: ["2020-01-01T00:00:00"] },
    dimensions: ["time", "number", "prediction_timedelta", "longitude", "latitude"],
    layout: weatherBenchLayout(forecast),
  };
  for (const [name, { sizes, coordinates, dimensions, layout }] of [
    ["a.nc", cf],
    ["b.nc4", cf],
    ["c.zarr", weatherBench],
  ] as const) {
    const writer = await openDatasetWriter(join(folder, name), layout);
    await writer.write("z500", {}, DATA);
    await writer.finish();
    const data = DATA.map((value) => (Number.isNaN(value) ? "NaN" : value));
    const variables = { z500: { dimensions, data, attributes } };
    const spec = { sizes, coordinates, variables, attributes: { Conventions: "CF-1.10", seed: 7 } };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(spec));
  }
}

function check(): { status: number | null; lines: string[] } {
  const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: "utf8" });
  return { status, lines: (stdout + stderr).trim().split("\n") };
}

test("xarray and ncdump open forecasts in each format, and other expectations are noticed", async ({ skip }) => {
  if (!hasPeers) skip("needs python3 with xarray, netCDF4 and zarr");
  await writeForecasts();
  expect(check()).toEqual({ status: 0, lines: ["ok a.nc", "ok b.nc4", "ok c.zarr"] });
  for (const [name, from, to] of [
    ["a.nc", '"43200 s"', '"43201 s"'],
    ["b.nc4", "1.125", "1.25"],
    ["c.zarr", '"longitude","latitude"', '"latitude","longitude"'],
  ] as const) {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
  }
  const { status, lines } = check();
  expect(lines.map((line) => line.split(":", 1)[0])).toEqual(["FAILED a.nc", "FAILED b.nc4", "FAILED c.zarr"]);
  expect(status).toBe(1);
}, 120_000);
