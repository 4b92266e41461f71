import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { isNextscaleError } from "@nextscale/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { variableOf } from "../../src/data/dataset.js";
import { readDecoded } from "../../src/data/decode.js";
import { cfEnsembleLayout } from "../../src/data/forecast-layout.js";
import { gridOf, readFields } from "../../src/data/grid-of.js";
import { openDatasetWriter, readDatasetFile } from "../../src/node/dataset-file.js";
import { openHdf5 } from "../../src/node/hdf5/connection.js";
import { readNetcdf4File } from "../../src/node/netcdf4-file.js";
import { openNetcdf4Writer } from "../../src/node/netcdf4-writer.js";
import { field, forecast, writeForecast } from "./forecast.fixture.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const writeForecastTo = async (path: string): Promise<void> =>
  writeForecast(path, await openDatasetWriter(path, cfEnsembleLayout(forecast)));

test("an ensemble written in any order reads back, by dimension name", async () => {
  const path = join(folder, "new", "forecast.nc4");
  await writeForecastTo(path);
  expect(readdirSync(join(folder, "new"))).toEqual(["forecast.nc4"]);
  const dataset = await readDatasetFile(path);
  expect(dataset.attributes).toEqual({ Conventions: "CF-1.10", seed: [7] });
  expect([...dataset.coordinates.keys()]).toEqual(["realization", "lead_time", "latitude", "longitude"]);
  const placement = await gridOf(dataset);
  expect(placement.grid).toEqual(forecast.grid);
  const z = variableOf(dataset, "z500");
  expect(z.attributes).toMatchObject({ units: "m2 s-2", _FillValue: [NaN] });
  expect((await readFields(z, placement, { realization: 2, lead_time: 1 })).values).toEqual(field(2, 1));
  expect((await z.read({ realization: [1, 1] })).length).toBe(0);
  await expect(z.read({ lead_time: 2 })).rejects.toThrow(/0 to 2/);
  const start = variableOf(dataset, "forecast_reference_time");
  expect([start.shape, await start.read()]).toEqual([[], Float64Array.of(1051896)]);
});

test("dimensions without coordinates, a record dimension, chunks, and a variable with the name of another's dimension", async () => {
  const path = join(folder, "file.nc4");
  const shape = { t: 3, x: 5, y: 2 };
  const writer = await openNetcdf4Writer(path, {
    dimensions: shape,
    record: "t",
    attributes: { title: "naïve", range: [0.5, 2], empty: "" },
    variables: [
      { name: "a", type: "double", dimensions: ["t", "x"], attributes: {}, chunks: { t: 2, x: 2 } },
      { name: "b", type: "int", dimensions: ["t", "y", "x"], attributes: { _FillValue: [-9] } },
      { name: "y", type: "float", dimensions: ["x"], attributes: {}, values: [1, 2, 3, 4, 5] },
    ],
  });
  for (let t = 2; t >= 0; t--) {
    for (let x = 0; x < 5; x++) await writer.write("a", { t, x }, [t + x / 8]);
    for (const y of [1, 0]) await writer.write("b", { t, y }, new Array(5).fill(10 * t + y));
  }
  await writer.finish();
  const dataset = await readNetcdf4File(path);
  expect(dataset.attributes).toEqual({ title: "naïve", range: [0.5, 2], empty: "" });
  expect(Object.fromEntries(dataset.dimensions)).toEqual(shape);
  expect(Array.from(await variableOf(dataset, "a").read({ x: 3 }))).toEqual([0.375, 1.375, 2.375]);
  const b = await variableOf(dataset, "b").read({ y: [1, 2], t: 2 });
  expect(b).toEqual(Int32Array.of(21, 21, 21, 21, 21));
  expect(variableOf(dataset, "b").attributes).toEqual({ _FillValue: [-9] });
  expect(variableOf(dataset, "y").dimensions).toEqual(["x"]);
});

test("mutated and truncated files give an error of ours or numbers", async () => {
  await writeForecastTo(join(folder, "forecast.nc4"));
  const original = new Uint8Array(readFileSync(join(folder, "forecast.nc4")));
  const change = fc.array(fc.tuple(fc.nat(9000), fc.nat(255)), { minLength: 1, maxLength: 8 });
  let [refused, run] = [0, 0];
  await fc.assert(
    fc.asyncProperty(change, fc.option(fc.nat(original.length)), async (changes, length) => {
      const bytes = original.slice(0, length ?? original.length);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const path = join(folder, `${run++}.nc4`);
      writeFileSync(path, bytes);
      try {
        for (const variable of (await readNetcdf4File(path)).variables.values()) await readDecoded(variable);
      } catch (error) {
        if (!isNextscaleError(error, "invalid-file")) throw error;
        refused++;
      }
    }),
    { numRuns: 8, seed: 4 },
  );
  expect(refused).toBeGreaterThan(2);
}, 120_000);

test("a file that sends HDF5 round in circles is given up, and others are read after it", async () => {
  const path = join(folder, "forecast.nc4");
  await writeForecastTo(path);
  const bytes = readFileSync(path);
  // Part of a list of references, found by trial.
  expect(bytes[6566]).toBe(8);
  bytes[6566] = 0xa7;
  const damaged = join(folder, "damaged.nc4");
  writeFileSync(damaged, bytes);
  const hdf5 = openHdf5(5000);
  await expect(hdf5.ask({ kind: "describe", file: path })).resolves.toMatchObject({ attributes: { seed: [7] } });
  await expect(hdf5.ask({ kind: "describe", file: damaged })).rejects.toThrow("HDF5 gave no answer in 5 s");
  await expect(hdf5.ask({ kind: "describe", file: path })).rejects.toThrow("HDF5 gave no answer in 5 s");
  const readings = [path, join(folder, "none.nc4"), path].map((file) => readNetcdf4File(file));
  expect((await Promise.allSettled(readings)).map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
});

test("bad input is named", async () => {
  const path = join(folder, "bad.nc4");
  await expect(readNetcdf4File(path)).rejects.toThrow(/No such file/);
  await expect(readDatasetFile(path)).rejects.toThrow(/ENOENT/);
  writeFileSync(path, "GRIB");
  await expect(readNetcdf4File(path)).rejects.toMatchObject({ code: "invalid-file" });
  await expect(readDatasetFile(path)).rejects.toThrow(/starts with CDF/);
  const layout = cfEnsembleLayout(forecast);
  await expect(openDatasetWriter(join(folder, "x.h5"), layout)).rejects.toThrow(/\.nc, \.nc4, \.zarr/);
  await expect(openDatasetWriter(join(folder, "x.toString"), layout)).rejects.toMatchObject({
    code: "invalid-argument",
  });
  const inside = openNetcdf4Writer(join(path, "x.nc4"), layout);
  await expect(inside).rejects.toThrow("a part of the path is a file");
  const writer = await openNetcdf4Writer(join(folder, "x.nc4"), layout);
  await expect(writer.write("z500", { realization: 0 }, [1])).rejects.toThrow(/64 values/);
  await expect(writer.finish()).rejects.toMatchObject({ code: "invalid-data" });
  const nameless = { name: undefined as never, type: "int", dimensions: [], attributes: {} } as const;
  const unnamed = { ...layout, variables: [...layout.variables, nameless] };
  await expect(openNetcdf4Writer(join(folder, "x.nc4"), unnamed)).rejects.toThrow("plain names, each once, got none");
  expect(readdirSync(folder)).toEqual(["bad.nc4"]);
});

test("without h5wasm the error says what to install", () => {
  // The sources in a folder from which everything but this package is found.
  const packages = join(import.meta.dirname, "../../../../node_modules");
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@nextscale"), { recursive: true });
  for (const name of ["@nextscale/engine", "@nextscale/refinement-core", "netcdfjs", "tsx", "zarrita"]) {
    symlinkSync(join(packages, name), join(modules, name));
  }
  cpSync(join(import.meta.dirname, "../../src"), join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "file.nc4"), Buffer.from("\x89HDF\r\n\x1a\n", "latin1"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const script = `
    import { readDatasetFile } from "./src/node/dataset-file.ts";
    await readDatasetFile("file.nc4").catch(({ code, message }) => console.log(code + " " + message));
  `;
  writeFileSync(join(folder, "script.ts"), script);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), "--conditions", "@nextscale/source", "script.ts"],
    { cwd: folder, encoding: "utf8", env: { ...process.env, TSX_DISABLE_CACHE: "1" } },
  );
  expect(stdout + stderr).toBe(
    "engine-unavailable weather/hdf5: expected the package h5wasm, which reads and writes NetCDF-4 and other HDF5 " +
      "files, got Cannot find package 'h5wasm'; npm install h5wasm\n",
  );
});
