import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { variableOf } from "../../src/data/dataset.js";
import { readDecoded } from "../../src/data/decode.js";
import { gridOf } from "../../src/data/grid-of.js";
import { decodeTimes } from "../../src/data/time.js";
import { equiangularGrid } from "../../src/grid/grid.js";
import { conservativeRegridding } from "../../src/ingest/conservative-regridding.js";
import { ingest, type IngestOptions } from "../../src/node/ingest.js";
import { readZarrFolder } from "../../src/node/zarr-folder.js";
import { LEVELS, serveStore, valueAt, weatherStore, type StoreServer } from "./store.fixture.js";

let files: Map<string, Uint8Array>;
let folder: string;
let server: StoreServer;
beforeAll(async () => {
  files = await weatherStore();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
  server = await serveStore(files);
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(() => files.clear());

const grid = equiangularGrid(16, 32);
const request = {
  ...{ years: [2020, 2020], stepHours: 12, grid },
  variables: [{ name: "geopotential", levels: [500, 850] }, { name: "temperature" }, { name: "2m_temperature" }],
  http: { backOffMs: 1 },
} as const satisfies Partial<IngestOptions>;

/** The contents of a folder by path. */
function contents(root: string): Record<string, string> {
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).sort();
  return Object.fromEntries(
    paths
      .filter((path) => statSync(join(root, path)).isFile())
      .map((path) => [path, readFileSync(join(root, path), "base64")]),
  );
}

/** Puts a store into a folder. */
function toFolder(store: ReadonlyMap<string, Uint8Array>, root: string): string {
  for (const [path, bytes] of store) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
  return root;
}

/** The field of a variable at a time of the source, south to north. */
function field(variable: string, time: number, level = 0): Float32Array {
  const { latitudes, longitudes } = equiangularGrid(32, 64);
  return Float32Array.from({ length: 32 * 64 }, (_, i) =>
    valueAt(variable, time, level, latitudes[Math.floor(i / 64)]!, longitudes[i % 64]!),
  );
}

test("a store over HTTP: times, levels, fields and statistics", async () => {
  const target = join(folder, "new", "weather.zarr");
  // As a run leaves it that was killed before it had written anything.
  mkdirSync(join(folder, "new", ".weather.zarr.ingest"), { recursive: true });
  const progress: string[] = [];
  const onProgress = (done: number, total: number) => progress.push(`${done}/${total}`);
  const report = await ingest({ ...request, source: server.url, target, onProgress });
  expect(progress).toEqual(["0/6", "1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
  expect(readdirSync(join(folder, "new"))).toEqual(["weather.zarr"]);
  // Each chunk of the source is fetched once, whatever levels and times are taken of it.
  const chunks = server.asked.filter((path) => /\/\d/.test(path.slice(path.lastIndexOf("/"))));
  expect(new Set(chunks).size).toBe(chunks.length);

  const store = await readZarrFolder(target);
  expect((await gridOf(store)).grid).toEqual(grid);
  const time = variableOf(store, "time");
  const times = decodeTimes(await time.read(), time.attributes["units"] as string, "proleptic_gregorian");
  expect(times.length).toBe(18);
  expect(new Date(times[1]!).toISOString()).toBe("2020-01-01T12:00:00.000Z");
  expect(Array.from(await variableOf(store, "level").read())).toEqual(LEVELS);
  const geopotential = variableOf(store, "geopotential");
  expect(geopotential.dimensions).toEqual(["time", "level", "longitude", "latitude"]);
  expect(geopotential.attributes).toMatchObject({ levels: [500, 850], standard_name: "geopotential" });
  const regrid = conservativeRegridding(equiangularGrid(32, 64), grid);
  const { values } = await readDecoded(geopotential, {
    slice: { time: 3, level: 2 },
    order: ["time", "level", "latitude", "longitude"],
  });
  expect(values).toEqual(Float32Array.from(regrid(field("geopotential", 8 + 6, 850))));
  const { values: absent } = await readDecoded(geopotential, { slice: { level: 0 } });
  expect(absent.every(Number.isNaN)).toBe(true);

  expect(report.times).toBe(18);
  expect(report.channels.map(({ variable, level }) => `${variable} ${level ?? ""}`)).toEqual([
    ...["geopotential 500", "geopotential 850", "temperature 50", "temperature 500", "temperature 850"],
    "2m_temperature ",
  ]);
  const fields = Array.from({ length: 18 }, (_, t) => Float32Array.from(regrid(field("2m_temperature", 8 + 2 * t))));
  const changes = fields.slice(1).map((one, t) => one.map((value, i) => value - fields[t]![i]!));
  const average = (of: readonly Float32Array[], what: (value: number) => number) =>
    of.reduce((sum, one) => sum + one.reduce((s, value, i) => s + grid.areaWeights[i >> 5]! * what(value), 0), 0) /
    (of.length * 512);
  const mean = average(fields, (value) => value);
  const drift = average(changes, (value) => value);
  expect(report.channels[5]!.mean).toBeCloseTo(mean, 6);
  expect(report.channels[5]!.standardDeviation).toBeCloseTo(
    Math.sqrt(average(fields, (value) => (value - mean) ** 2)),
    6,
  );
  expect(report.channels[5]!.differenceStandardDeviation).toBeCloseTo(
    Math.sqrt(average(changes, (value) => (value - drift) ** 2)),
    5,
  );
  expect(report.channels[5]!.missing).toBe(0);

  // Once it is there, nothing is done again.
  server.asked.length = 0;
  expect(await ingest({ ...request, source: server.url, target })).toEqual(report);
  expect(server.asked.filter((path) => path.includes("geopotential/0"))).toEqual([]);
});

test("on the grid of the source the numbers are its own, whatever the order of dimensions and coordinates", async () => {
  const variables = [{ name: "temperature", levels: [500] }, { name: "2m_temperature" }];
  const shared = { ...request, variables, grid: equiangularGrid(32, 64) };
  const variations = [
    {},
    { western: true },
    { order: ["latitude", "time", "longitude", "level"], descending: true, western: true },
  ];
  const results: Record<string, string>[] = [];
  for (const [i, variation] of variations.entries()) {
    const source = toFolder(await weatherStore(variation), join(folder, `source-${i}`));
    const target = join(folder, `${i}.zarr`);
    await ingest({ ...shared, source, target });
    const { ".zattrs": identity, ".zmetadata": metadata, ...rest } = contents(target);
    expect([identity, metadata]).not.toContain(undefined);
    results.push(rest);
    if (i > 0) continue;
    const { values } = await readDecoded(variableOf(await readZarrFolder(target), "temperature"), {
      slice: { time: 1, level: 0 },
      order: ["time", "level", "latitude", "longitude"],
    });
    expect(values).toEqual(field("temperature", 10, 500));
  }
  for (const result of results.slice(1)) expect(result).toEqual(results[0]);
}, 60_000);

test("an interrupted and a killed run are taken up, without doing again what is done, and give the same bytes", async () => {
  const source = server.url;
  const whole = join(folder, "whole.zarr");
  await ingest({ ...request, source, target: whole });

  const target = join(folder, "part.zarr");
  const controller = new AbortController();
  server.disturb = (path) => (/^\/(temperature|2m)/.test(path) && /\/\d/.test(path.slice(1)) ? "silence" : undefined);
  const stopping = ingest({
    ...{ ...request, source, target, signal: controller.signal },
    onProgress: (done) => {
      if (done === 2) controller.abort();
    },
  });
  await expect(stopping).rejects.toMatchObject({ code: "interrupted" });
  expect(readdirSync(folder).sort()).toEqual([".part.zarr.ingest", "whole.zarr"]);
  await expect(ingest({ ...request, source, target, stepHours: 24 })).rejects.toMatchObject({ code: "invalid-data" });

  const killed = join(folder, "killed.zarr");
  const script = fileURLToPath(new URL("ingest.fixture.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    ["--import", import.meta.resolve("tsx"), "--conditions", "@nextscale/source", script, source, killed],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, TSX_DISABLE_CACHE: "1" } },
  );
  let printed = "";
  for await (const text of child.stdout.setEncoding("utf8") as AsyncIterable<string>) {
    printed += text;
    if (printed.endsWith("2\n")) break;
  }
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;

  server.disturb = () => undefined;
  for (const part of [target, killed]) {
    server.asked.length = 0;
    const progress: number[] = [];
    await ingest({ ...request, source, target: part, onProgress: (done) => progress.push(done) });
    expect(progress.at(-1)).toBe(6);
    expect(server.asked.filter((path) => path.includes("geopotential/0"))).toEqual([]);
    expect(contents(part)).toEqual(contents(whole));
  }
  expect(readdirSync(folder).sort()).toEqual(["killed.zarr", "part.zarr", "whole.zarr"]);
}, 120_000);

test("a server that fails now and then is asked again; one that always fails, refuses or is silent is named", async () => {
  const source = server.url;
  const target = join(folder, "weather.zarr");
  const seen = new Map<string, number>();
  server.disturb = (path) => {
    const times = (seen.get(path) ?? 0) + 1;
    seen.set(path, times);
    if (times > 2 || !path.includes("temperature/")) return undefined;
    return times === 1 ? 503 : "silence";
  };
  const http = { backOffMs: 1, timeoutMs: 300 };
  await ingest({ ...request, source, target, http });
  expect(Object.keys(contents(target)).length).toBeGreaterThan(6);

  const broken = join(folder, "broken.zarr");
  for (const [status, message] of [
    [500, /geopotential\/2\.0\.0\.0.*HTTP status 500 \(3 attempts\)/],
    [403, /HTTP status 403 \(1 attempts\)/],
    [404, /the chunk geopotential\/2\.0\.0\.0.*no such file/],
    ["silence", /timeout.*\(3 attempts\)/],
  ] as const) {
    server.disturb = (path) => (path === "/geopotential/2.0.0.0" ? status : undefined);
    const failing = ingest({ ...request, source, target: broken, http: { ...http, attempts: 3 } });
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toMatchObject({ code: "missing-data" });
  }
  expect(readdirSync(folder).sort()).toEqual([".broken.zarr.ingest", "weather.zarr"]);
  server.disturb = () => undefined;
  await expect(ingest({ ...request, source: `${source}/nowhere`, target: broken })).rejects.toMatchObject({
    code: "missing-data",
  });
});

test("what is not in the source, and what cannot be taken from it, is named", async () => {
  const target = join(folder, "weather.zarr");
  const source = toFolder(files, join(folder, "source"));
  const attempt = (changes: Partial<IngestOptions>) => ingest({ ...request, source, target, ...changes });
  for (const [changes, message] of [
    [{ variables: [{ name: "snow" }] }, /"snow".*2m_temperature/],
    [{ variables: [{ name: "temperature", levels: [700] }] }, /among 50, 500, 850.*700/],
    [{ variables: [{ name: "2m_temperature", levels: [500] }] }, /no levels/],
    [{ variables: [{ name: "temperature" }, { name: "temperature" }] }, /each once/],
    [{ variables: [] }, /each once.*none/],
    [{ variables: [{ name: "level" }] }, /dimensions of level/],
    [{ years: [1999, 1999] }, /2019-12-30/],
    [{ stepHours: 5 }, /every 5 hours/],
    [{ source: join(folder, "nothing") }, /Zarr store/],
    [{ source: "gs:///" }, /./],
  ] as const satisfies readonly (readonly [Partial<IngestOptions>, RegExp])[]) {
    await expect(attempt(changes), JSON.stringify(changes)).rejects.toThrow(message);
  }
  expect(readdirSync(folder)).toEqual(["source"]);
  writeFileSync(
    join(source, "temperature", "3.0.0.0"),
    readFileSync(join(source, "temperature", "3.0.0.0")).subarray(0, 50),
  );
  await expect(attempt({})).rejects.toMatchObject({ code: "invalid-file" });
  writeFileSync(target, "mine");
  await expect(attempt({})).rejects.toMatchObject({ code: "invalid-data" });
  expect(readFileSync(target, "utf8")).toBe("mine");
});
