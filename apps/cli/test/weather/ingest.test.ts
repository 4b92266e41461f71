import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseReceipt } from "@nextscale/refinement-core";
import { openAnalyses, weatherBenchLayout } from "@nextscale/weather";
import { openDatasetWriter, readDatasetFile } from "@nextscale/weather/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./in-process.js";
import { LAYOUT } from "./tiny-weather.js";

const folder = mkdtempSync(join(tmpdir(), "nextscale-ingest-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TIMES = 8;
const CELLS = 128;

/** A store as those of WeatherBench 2: geopotential at three levels, every six hours from 2019-12-31, and the temperature at 2 m. */
beforeAll(async () => {
  const { variables, ...base } = weatherBenchLayout({
    ...{ grid: LAYOUT.grid, variables: [], members: 1, leadHours: [0], start: new Date("2019-12-31T00:00:00Z") },
  });
  const grid = variables.filter(({ name }) => name === "latitude" || name === "longitude");
  const [begin] = Array.from(variables.find(({ name }) => name === "time")!.values!);
  const { units } = variables.find(({ name }) => name === "time")!.attributes;
  const time = Array.from({ length: TIMES }, (_, i) => begin! + 6 * i);
  const field = (name: string, levels: string[], attributes: Record<string, string>) =>
    ({ name, type: "float", dimensions: ["time", ...levels, "longitude", "latitude"], attributes }) as const;
  const writer = await openDatasetWriter(at("store.zarr"), {
    attributes: base.attributes,
    dimensions: { time: TIMES, level: 3, longitude: 16, latitude: 8 },
    variables: [
      { name: "time", type: "double", dimensions: ["time"], values: time, attributes: { units: units! } },
      { name: "level", type: "int", dimensions: ["level"], values: [300, 500, 850], attributes: { units: "hPa" } },
      ...grid,
      field("geopotential", ["level"], { units: "m**2 s**-2" }),
      field("2m_temperature", [], { units: "K" }),
    ],
  });
  const values = (levels: number) => Float32Array.from({ length: TIMES * levels * CELLS }, (_, i) => 1000 + (i % 997));
  await writer.write("geopotential", {}, values(3));
  await writer.write("2m_temperature", {}, values(1));
  await writer.finish();
});

test("levels are for the variables that have some, and the result is data to train on", async () => {
  const words = ["weather", "ingest", at("store.zarr"), "--variables", "geopotential,2m_temperature", "--levels", "500,850"]; // prettier-ignore
  const request = ["--years", "2019-2020", "--grid", "gaussian-8x4", "--step", "12", "--out", at("data.zarr")];
  const printed = JSON.parse(await run([...words, ...request, "--json"])) as { times: number; channels: unknown[] };
  expect(printed).toMatchObject({ times: 4, store: at("data.zarr") });
  expect(printed.channels.length).toBe(3);
  const { layout } = await openAnalyses(await readDatasetFile(at("data.zarr")));
  expect(layout.channels.toSorted()).toEqual(["t2m", "z500", "z850"]);
  expect(layout.grid.kind).toBe("gaussian");
  expect(parseReceipt(readFileSync(at("data.zarr.receipt.json"))).options).toMatchObject({ grid: "gaussian 8x4" });
  // Run again it finds all done.
  expect(await run([...words, ...request])).toMatch(/^4 times every 12 hours .*\nchannel +mean/);
});

test("what is not there is named", async () => {
  const words = (variable: string, out: string) => [
    "weather",
    "ingest",
    at("store.zarr"),
    "--variables",
    variable,
    "--years",
    "2019-2020",
    "--out",
    at(out),
  ];
  await expect(run(words("ozone", "no.zarr"))).rejects.toThrow(/a variable "ozone", got a data set with/);
  await expect(run(words("geopotential", "no.nc"))).rejects.toThrow(/a name that ends in \.zarr/);
});
