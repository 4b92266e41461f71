import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { isNextscaleError } from "@nextscale/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { variableOf } from "../../src/data/dataset.js";
import { readDecoded } from "../../src/data/decode.js";
import type { DatasetDefinition } from "../../src/data/definition.js";
import { cfEnsembleLayout } from "../../src/data/forecast-layout.js";
import { gridOf, readFields } from "../../src/data/grid-of.js";
import { readNetcdf3 } from "../../src/data/netcdf3-read.js";
import { decodeTimes } from "../../src/data/time.js";
import { readNetcdf3File } from "../../src/node/netcdf3-file.js";
import { openNetcdf3Writer } from "../../src/node/netcdf3-writer.js";
import { field, forecast, writeForecast } from "./forecast.fixture.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const writeForecastTo = async (path: string): Promise<void> =>
  writeForecast(path, await openNetcdf3Writer(path, cfEnsembleLayout(forecast)));

test("an ensemble written in any order reads back, by dimension name", async () => {
  const path = join(folder, "new", "forecast.nc");
  await writeForecastTo(path);
  expect(readdirSync(join(folder, "new"))).toEqual(["forecast.nc"]);
  const dataset = await readNetcdf3File(path);
  expect(dataset.attributes).toEqual({ Conventions: "CF-1.10", seed: [7] });
  const placement = await gridOf(dataset);
  expect(placement.grid).toEqual(forecast.grid);
  const z = variableOf(dataset, "z500");
  expect((await readFields(z, placement, { realization: 2, lead_time: 1 })).values).toEqual(field(2, 1));
  const turned = await readDecoded(z, {
    slice: { realization: 1 },
    order: ["longitude", "lead_time", "latitude", "realization"],
  });
  expect(turned.shape).toEqual([8, 2, 4, 1]);
  expect(turned.values[(3 * 2 + 1) * 4 + 2]).toBe(field(1, 1)[2 * 8 + 3]);
  const time = variableOf(dataset, "valid_time");
  expect(decodeTimes(await time.read(), time.attributes["units"] as string)[1]).toBe(Date.UTC(2020, 0, 2));
});

const definition = (records: number, doubles: boolean, isRecord: boolean, extent: number): DatasetDefinition => ({
  dimensions: { t: records, x: extent, y: 2 },
  ...(isRecord ? { record: "t" } : {}),
  attributes: { title: "naïve", range: [0.5, 2] },
  variables: [
    { name: "a", type: doubles ? "double" : "float", dimensions: ["t", "x"], attributes: {} },
    { name: "b", type: "int", dimensions: ["t", "y", "x"], attributes: { _FillValue: [-9] } },
    { name: "c", type: "int", dimensions: ["x"], attributes: {}, values: new Int32Array(extent).fill(5) },
  ],
});

test("random slices of random layouts, written and read", async () => {
  const plan = fc.tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.boolean(),
    fc.boolean(),
    fc.integer({ min: 1, max: 5 }),
    fc.boolean(),
  );
  await fc.assert(
    fc.asyncProperty(plan, async ([records, doubles, isRecord, extent, classic]) => {
      const path = join(folder, "file.nc");
      const shape = definition(records, doubles, isRecord, extent);
      const writer = await openNetcdf3Writer(path, shape, classic ? "classic" : "64-bit-offset");
      for (let t = records - 1; t >= 0; t--) {
        await writer.write("a", { t }, new Array(extent).fill(t));
        for (const y of [1, 0]) await writer.write("b", { t, y }, new Array(extent).fill(10 * t + y));
      }
      await writer.finish();
      const dataset = await readNetcdf3File(path);
      expect(dataset.attributes).toEqual(shape.attributes);
      for (let x = 0; x < extent; x++) {
        expect(Array.from(await variableOf(dataset, "a").read({ x }))).toEqual(
          Array.from({ length: records }, (_, t) => t),
        );
      }
      const b = await variableOf(dataset, "b").read({ y: [1, 2], t: records - 1 });
      expect(Array.from(b)).toEqual(new Array(extent).fill(10 * (records - 1) + 1));
      expect(Array.from(await variableOf(dataset, "c").read())).toEqual(new Array(extent).fill(5));
    }),
    { numRuns: 25, seed: 1 },
  );
});

test("mutated and truncated files give an error of ours or numbers", async () => {
  const path = join(folder, "file.nc");
  await writeForecastTo(path);
  const original = new Uint8Array(readFileSync(path));
  const change = fc.array(fc.tuple(fc.nat(1200), fc.nat(255)), { minLength: 1, maxLength: 4 });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(change, fc.option(fc.nat(original.length)), async (changes, length) => {
      const bytes = original.slice(0, length ?? original.length);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      try {
        for (const variable of readNetcdf3(bytes).variables.values()) await readDecoded(variable);
      } catch (error) {
        if (!isNextscaleError(error)) throw error;
        refused++;
      }
    }),
    { numRuns: 500, seed: 2 },
  );
  expect(refused).toBeGreaterThan(100);
});

test("bad input is named", async () => {
  const path = join(folder, "bad.nc");
  await expect(readNetcdf3File(folder)).rejects.toMatchObject({ code: "invalid-file" });
  await expect(readNetcdf3File(path)).rejects.toThrow(/ENOENT/);
  for (const [start, message] of [
    ["\x89HDF", /NetCDF-4/],
    ["CDF\x05", /CDF-5/],
    ["GRIB", /starts with CDF/],
    ["", /no bytes/],
  ] as const) {
    writeFileSync(path, Buffer.from(start, "latin1"));
    await expect(readNetcdf3File(path)).rejects.toThrow(message);
  }
  rmSync(path);
  await writeForecastTo(path);
  const dataset = await readNetcdf3File(path);
  expect(() => variableOf(dataset, "t2m")).toThrow(/"t2m".*z500/);
  await expect(variableOf(dataset, "z500").read({ level: 0 })).rejects.toThrow(/realization/);
  await expect(variableOf(dataset, "z500").read({ lead_time: 2 })).rejects.toThrow(/0 to 2/);
});

test("nothing half-written is left", async () => {
  const path = join(folder, "forecast.nc");
  const writer = await openNetcdf3Writer(path, cfEnsembleLayout(forecast));
  await expect(writer.write("z500", { realization: 0 }, [1])).rejects.toThrow(/64 values/);
  await expect(writer.finish()).rejects.toMatchObject({ code: "invalid-data" });
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(join(folder, "a-file"), "");
  const inside = openNetcdf3Writer(join(folder, "a-file", "x.nc"), cfEnsembleLayout(forecast));
  await expect(inside).rejects.toMatchObject({ code: "unwritable" });
  const large = { dimensions: { x: 2 ** 30 }, variables: [{ name: "v", type: "double", dimensions: ["x"], attributes: {} }], attributes: {} } as const; // prettier-ignore
  await expect(openNetcdf3Writer(path, large)).rejects.toThrow(/less than 4 GiB .* 8589934592 bytes of v; .*\.zarr/);
  const abandoned = await openNetcdf3Writer(path, cfEnsembleLayout(forecast));
  await abandoned.abandon();
  expect(readdirSync(folder)).toEqual(["a-file"]);
});
