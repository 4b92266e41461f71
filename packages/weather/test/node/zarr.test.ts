import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { isNextscaleError } from "@nextscale/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as zarr from "zarrita";
import { variableOf, type Dataset } from "../../src/data/dataset.js";
import { readDecoded } from "../../src/data/decode.js";
import type { DatasetDefinition } from "../../src/data/definition.js";
import { weatherBenchLayout } from "../../src/data/forecast-layout.js";
import { gridOf, readFields } from "../../src/data/grid-of.js";
import { readZarr, readZarrUrl } from "../../src/data/zarr-read.js";
import { readZarrFolder } from "../../src/node/zarr-folder.js";
import { openZarrWriter } from "../../src/node/zarr-writer.js";
import { testWithData } from "../data/weather-data.fixture.js";
import { forecast } from "./forecast.fixture.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A field of a member and lead, longitude slowest. */
const field = (number: number, lead: number) =>
  Float32Array.from({ length: 32 }, (_, i) => number * 1000 + lead * 100 + i);

async function writeForecast(path: string): Promise<void> {
  const writer = await openZarrWriter(path, weatherBenchLayout(forecast));
  for (const number of [2, 0, 1]) {
    for (const prediction_timedelta of [1, 0])
      await writer.write("z500", { number, prediction_timedelta }, field(number, prediction_timedelta));
  }
  expect(existsSync(path)).toBe(false);
  await writer.finish();
}

/** A server of the files of a folder. */
async function serve(
  root: string,
): Promise<{ readonly url: string; readonly server: Server; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    const path = join(root, request.url!);
    if (!existsSync(path) || statSync(path).isDirectory()) return void response.writeHead(404).end();
    response.end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, asked };
}

async function expectForecast(dataset: Dataset): Promise<void> {
  expect(dataset.attributes).toEqual({ Conventions: "CF-1.10", seed: [7] });
  const placement = await gridOf(dataset);
  expect(placement.grid).toEqual(forecast.grid);
  const z = variableOf(dataset, "z500");
  expect(z.dimensions).toEqual(["time", "number", "prediction_timedelta", "longitude", "latitude"]);
  const { values, shape } = await readFields(z, placement, { number: 2, prediction_timedelta: 1 });
  expect(shape).toEqual([1, 1, 1, 4, 8]);
  expect(values[2 * 8 + 3]).toBe(field(2, 1)[3 * 4 + 2]);
}

test("an ensemble written in any order reads back, one file a member, from a folder and over HTTP", async () => {
  const path = join(folder, "new", "forecast.zarr");
  await writeForecast(path);
  expect(readdirSync(join(folder, "new"))).toEqual(["forecast.zarr"]);
  expect(readdirSync(join(path, "z500")).sort()).toEqual([".zarray", ".zattrs", "0.0.0.0.0", "0.1.0.0.0", "0.2.0.0.0"]);
  await expectForecast(await readZarrFolder(path));
  const { url, server, asked } = await serve(path);
  try {
    await expectForecast(await readZarrUrl(url));
    expect(asked.filter((file) => file.includes(".zarray"))).toEqual([]);
    await expect(readZarrUrl(`${url}/nowhere`)).rejects.toMatchObject({ code: "missing-data" });
  } finally {
    server.close();
  }
  await expect(readZarrUrl(url, { attempts: 2, backOffMs: 1 })).rejects.toMatchObject({ code: "missing-data" });
  rmSync(join(path, ".zmetadata"));
  await expectForecast(await readZarrFolder(path));
});

test("random slices of random chunks, written and read", async () => {
  const extent = fc.integer({ min: 1, max: 5 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(extent, extent, extent),
      fc.tuple(extent, extent),
      fc.constantFrom("int", "float", "double"),
      async (shape, chunk, type) => {
        const [t, y, x] = shape;
        const definition: DatasetDefinition = {
          dimensions: { t, y, x },
          attributes: {},
          variables: [
            {
              name: "a",
              type: type,
              dimensions: ["t", "y", "x"],
              attributes: {},
              chunks: { t: chunk[0], x: chunk[1] },
            },
          ],
        };
        const path = join(folder, `${run++}.zarr`);
        const writer = await openZarrWriter(path, definition);
        const value = (i: number, j: number, k: number) => 100 * i + 10 * j + k;
        for (let i = t - 1; i >= 0; i--) {
          for (let k = 0; k < x; k++) {
            const column = Array.from({ length: y }, (_, j) => value(i, j, k));
            await writer.write("a", { t: i, x: k }, column);
          }
        }
        await writer.finish();
        const a = variableOf(await readZarrFolder(path), "a");
        for (let j = 0; j < y; j++) {
          const plane = await a.read({ y: j, x: [x - 1, x] });
          expect(Array.from(plane)).toEqual(Array.from({ length: t }, (_, i) => value(i, j, x - 1)));
        }
      },
    ),
    { numRuns: 20, seed: 1 },
  );
});

test("version 3, both orders of storage, wide integers, and arrays that hold no numbers", async () => {
  const files = new Map<string, Uint8Array>();
  const root = zarr.root(files);
  await zarr.create(root, { attributes: { title: "third" } });
  const shared = {
    ...{ shape: [2, 3], chunkShape: [2, 2], dimensionNames: ["y", "x"] },
    attributes: { scale: 2, limits: [1, 2] },
  };
  const place = { shape: [2, 3], stride: [3, 1] };
  // zarrita wants a bigint here and cannot write one.
  const wide = await zarr.create(root.resolve("wide"), { ...shared, dtype: "int64", fillValue: 0 as never });
  await zarr.set(wide, null, { ...place, data: BigInt64Array.from([0n, 1n, 2n, 3n, 4n, 5n]) });
  const codecs = [{ name: "transpose", configuration: { order: [1, 0] } }];
  const turned = await zarr.create(root.resolve("turned"), { ...shared, dtype: "float32", fillValue: 0, codecs });
  await zarr.set(turned, null, { ...place, data: Float32Array.from([0, 1, 2, 3, 4, 5]) });
  await zarr.create(root.resolve("flags"), { ...shared, dtype: "bool", fillValue: false });
  const store = { get: (key: string) => Promise.resolve(files.get(key)) };
  const dataset = await readZarr(store, { names: ["wide", "turned", "flags"] });
  expect([...dataset.variables.keys()]).toEqual(["wide", "turned"]);
  expect(dataset.attributes).toEqual({ title: "third" });
  expect(variableOf(dataset, "wide").attributes).toEqual({ scale: [2], limits: [1, 2] });
  for (const name of ["wide", "turned"]) {
    expect(Array.from(await variableOf(dataset, name).read({ x: [1, 3] }))).toEqual([1, 2, 4, 5]);
  }
});

testWithData("ncep-air-namerica-6h", "NCEP's air temperature, packed and compressed with Blosc", async (source) => {
  const dataset = await readZarrFolder(join(source, "air_temperature.zarr"));
  expect(Object.fromEntries(dataset.dimensions)).toEqual({ time: 2920, lat: 25, lon: 53 });
  const { values } = await readDecoded(variableOf(dataset, "air"));
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(281.255, 3);
  expect(values[0]).toBeCloseTo(241.2, 4);
  const { grid } = await gridOf(dataset);
  expect([grid.latitudes[0], grid.latitudes[24], grid.longitudes[0], grid.longitudes[52]]).toEqual([15, 75, -160, -30]);
});

test("mutated and truncated stores give an error of ours or numbers", async () => {
  const path = join(folder, "forecast.zarr");
  await writeForecast(path);
  const names = [
    "/.zmetadata",
    "/.zgroup",
    "/.zattrs",
    "/z500/.zarray",
    "/z500/.zattrs",
    "/z500/0.1.0.0.0",
    "/latitude/.zarray",
  ];
  const change = fc.array(fc.tuple(fc.nat(6000), fc.integer({ min: 32, max: 126 })), { minLength: 1, maxLength: 3 });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      change,
      fc.boolean(),
      fc.boolean(),
      async (name, changes, consolidated, truncated) => {
        const get = async (key: string) => {
          const file = join(path, key);
          if (!existsSync(file) || (!consolidated && key === "/.zmetadata")) return undefined;
          const bytes = new Uint8Array(readFileSync(file));
          if (key !== name) return bytes;
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          return truncated ? bytes.subarray(0, bytes.length >> 1) : bytes;
        };
        try {
          const dataset = await readZarr({ get }, { names: ["z500", "latitude"] });
          for (const variable of dataset.variables.values()) await readDecoded(variable);
        } catch (error) {
          if (!isNextscaleError(error)) throw error;
          refused++;
        }
      },
    ),
    { numRuns: 300, seed: 2 },
  );
  expect(refused).toBeGreaterThan(80);
});

test("nothing half-written is left, and what is there stays", async () => {
  const path = join(folder, "forecast.zarr");
  const layout = weatherBenchLayout(forecast);
  const writer = await openZarrWriter(path, layout);
  await expect(writer.write("z500", { number: 0 }, [1])).rejects.toThrow(/64 values/);
  await expect(writer.finish()).rejects.toMatchObject({ code: "invalid-data" });
  const abandoned = await openZarrWriter(path, layout);
  await abandoned.abandon();
  expect(readdirSync(folder)).toEqual([]);
  writeFileSync(path, "mine");
  const taken = (kind: string) =>
    expect.objectContaining({
      code: "unwritable",
      message: expect.stringContaining(`forecast.zarr, a new folder, got a ${kind} of that name`) as string,
    }) as Error;
  await expect(openZarrWriter(path, layout)).rejects.toThrow(taken("file"));
  expect(readFileSync(path, "utf8")).toBe("mine");
  rmSync(path);
  await writeForecast(path);
  await expect(openZarrWriter(path, layout)).rejects.toThrow(taken("folder"));
  cpSync(path, join(folder, "copy"), { recursive: true });
  rmSync(join(folder, "copy", "z500", "0.1.0.0.0"));
  const { values } = await readDecoded(variableOf(await readZarrFolder(join(folder, "copy")), "z500"));
  expect(values.slice(64, 128).every(Number.isNaN)).toBe(true);
  await expect(readZarrFolder(folder)).rejects.toMatchObject({ code: "invalid-file" });
});
