import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseReceipt } from "@nextscale/refinement-core";
import {
  gaussianGrid,
  openForecast,
  variableOf,
  type ForecastModelReport,
  type ForecastVerification,
} from "@nextscale/weather";
import { readDatasetFile } from "@nextscale/weather/node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { demoForecast } from "../../src/weather/demo-forecast.js";
import { run } from "./in-process.js";
import { LAYOUT, writeInForm, writeTinyWeather } from "./tiny-weather.js";

/* The weather commands from data to pictures, with a model trained for a moment. */

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), "nextscale-weather-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const forecast = (...more: string[]) =>
  run(["weather", "forecast", "--model", at("model"), "--init", at("truth.nc"), "--days", "2", "--members", "5", "--seed", "3", ...more]); // prettier-ignore
const START = ["--init-time", "2001-01-11T00:00"];

beforeAll(async () => {
  await writeTinyWeather(at("train.nc"), 1, 600, undefined, LAYOUT, Date.UTC(1991, 0, 1));
  await writeTinyWeather(at("truth.nc"), 2, 60);
  await run(["weather", "train", "--preset", "tiny", "--data", at("train.nc"), "--out", at("model"), "--seed", "1"]);
});

test("a training leaves a model with its data's name and a receipt, and is resumed to the same", async () => {
  const { data } = JSON.parse(readFileSync(at("model/model.json"), "utf8")) as { data: { name: string } };
  expect(data.name).toBe("train.nc");
  const receipt = parseReceipt(readFileSync(at("model.receipt.json")));
  expect(receipt).toMatchObject({ seed: 1, options: { preset: "tiny", data: at("train.nc") }, networkEvaluations: 12 });
  const again = ["weather", "train", "--preset", "tiny", "--data", at("train.nc"), "--out", at("model"), "--seed", "1"];
  await expect(run(again)).rejects.toThrow(/holds an earlier training; add --resume/);
  const printed = JSON.parse(await run([...again, "--resume", "--json"])) as object;
  expect(printed).toMatchObject({ modelHash: receipt.modelHash, resumedAt: 12, steps: 12 });
});

test("a preset of public data says where that is to be had", async () => {
  vi.stubEnv("NEXTSCALE_DATA", at("nowhere"));
  const words = ["weather", "train", "--preset", "eraint", "--out", at("europe")];
  await expect(run(words)).rejects.toThrow(/mslp_ei\.nc, .* take the files from .*synoptReg/);
  vi.unstubAllEnvs();
  expect(existsSync(at("europe"))).toBe(false);
});

test("an interrupted training says how it goes on", async () => {
  const words = ["weather", "train", "--preset", "tiny", "--data", at("train.nc"), "--out", at("stopped")];
  const { signal } = new AbortController();
  let looked = 0;
  Object.defineProperty(signal, "aborted", { get: () => looked++ >= 5 });
  await expect(run(words, signal)).rejects.toThrow(/go on with: npx nextscale weather train .* --resume/);
});

describe("a forecast", () => {
  test("is a CF file with seed, hash and flags, and a receipt beside it", async () => {
    const printed = JSON.parse(await forecast(...START, "--out", at("f.nc"), "--json")) as { modelHash: string };
    const dataset = await readDatasetFile(at("f.nc"));
    expect(dataset.attributes).toMatchObject({ seed: [3], model_sha256: printed.modelHash, initial_state: "truth.nc" });
    const { attributes, dimensions, shape } = variableOf(dataset, "z500");
    expect(attributes).toMatchObject({ standard_name: "geopotential", units: "m2 s-2" });
    expect([dimensions, shape]).toEqual([
      ["realization", "lead_time", "latitude", "longitude"],
      [5, 4, 8, 16],
    ]);
    expect((await variableOf(dataset, "unstable_since").read()).length).toBe(5);
    const receipt = parseReceipt(readFileSync(at("f.nc.receipt.json")));
    expect(receipt).toMatchObject({
      ...{ seed: 3, modelHash: printed.modelHash },
      options: { start: "2001-01-11T00:00:00.000Z", steps: 4, members: 5 },
    });
    expect(receipt.outputs.map(({ file }) => file)).toEqual(["f.nc"]);
    await forecast(...START, "--out", at("g.nc"));
    expect(readFileSync(at("g.nc"))).toEqual(readFileSync(at("f.nc")));
  });

  test("holds the same members in every format, and in shards", async () => {
    await forecast(...START, "--out", at("f.nc"));
    const whole = await openForecast(await readDatasetFile(at("f.nc")));
    for (const name of ["f.nc4", "f.zarr"]) {
      await forecast(...START, "--out", at(name));
      const other = await openForecast(await readDatasetFile(at(name)));
      expect(other.leadHours, name).toEqual([12, 24, 36, 48]);
      expect(other.starts, name).toEqual(whole.starts);
      expect(await other.read(0, 2), name).toEqual(await whole.read(0, 2));
    }
    await forecast(...START, "--shard", "1/2", "--out", at("part.nc"));
    const dataset = await readDatasetFile(at("part.nc"));
    expect(Array.from(await variableOf(dataset, "realization").read())).toEqual([2, 3, 4]);
    const part = await openForecast(dataset);
    expect(await part.read(0, 3)).toEqual((await whole.read(0, 3)).slice(2));
  });

  test("starts at the last time that has a predecessor", async () => {
    const printed = JSON.parse(await forecast("--out", at("last.nc"), "--json")) as { start: string };
    expect(printed.start).toBe("2001-01-30T12:00:00.000Z");
  });

  test("is the same whatever the order of latitudes and where longitudes begin", async () => {
    await writeInForm(at("turned.nc"), 2, 60, { turned: true });
    const words = ["weather", "forecast", "--model", at("model"), "--days", "1", "--members", "2"];
    const fields = async (init: string) => {
      await run([...words, "--init", init, "--out", at("order.nc")]);
      return (await openForecast(await readDatasetFile(at("order.nc")))).read(0, 1);
    };
    expect(await fields(at("turned.nc"))).toEqual(await fields(at("truth.nc")));
  });

  test("starts from files of a channel each as from one of all", async () => {
    await forecast(...START, "--out", at("one.nc"));
    const init = `z500=${at("truth.nc")},t850=${at("truth.nc")}`;
    await forecast(...START, "--init", init, "--out", at("two.nc"));
    const fields = async (name: string) => (await openForecast(await readDatasetFile(at(name)))).read(0, 3);
    expect(await fields("two.nc")).toEqual(await fields("one.nc"));
    await expect(forecast("--init", `z500=${at("truth.nc")}`, "--out", at("bad.nc"))).rejects.toThrow(/a variable t850, got z500/); // prettier-ignore
  });

  test("is narrower when it is sharper", async () => {
    const spread = async (sharpness: string) => {
      await forecast(...START, "--sharpness", sharpness, "--out", at("sharp.nc"));
      const members = await (await openForecast(await readDatasetFile(at("sharp.nc")))).read(0, 0);
      const values = members.map((field) => field[60]!);
      return Math.max(...values) - Math.min(...values);
    };
    expect(await spread("0.05")).toBeLessThan(await spread("1,1,1"));
    await expect(spread("1,1")).rejects.toThrow(/one number, or one for each of 3 scales/);
  });

  test("that is interrupted leaves nothing", async () => {
    const before = readdirSync(folder);
    const words = ["weather", "forecast", "--model", at("model"), "--init", at("truth.nc"), "--out", at("none.nc")];
    await expect(run(words, AbortSignal.abort())).rejects.toMatchObject({ code: "interrupted" });
    expect(readdirSync(folder)).toEqual(before);
  });

  test("cannot start without data for a model of other channels than the simulator's, nor from a bundled model", async () => {
    const words = ["weather", "forecast", "--model", at("model"), "--out", at("none.nc")];
    await expect(run(words)).rejects.toThrow(
      /a model of the simulator's z500, t350, t650, got z500, t850; name a file/,
    );
    const bundled = run(["weather", "forecast", "--model", "nowhere", "--out", at("none.nc")]);
    await expect(bundled).rejects.toThrow(/expected a bundled model .* or the folder/);
  });
});

describe("bad input is named, and nothing is written", () => {
  const from = (path: string, ...more: string[]) =>
    run(["weather", "forecast", "--model", at("model"), "--init", path, ...more, "--out", at("bad.nc")]);

  test.each<[string, (path: string) => Promise<unknown>, RegExp]>([
    ["a truncated file", async (path) => void (await writeTinyWeather(path, 2, 4), truncateSync(path, 3000)), /bytes|end|trunc/i], // prettier-ignore
    ["a file that is no data set", async (path) => writeFileSync(path, "weather\n"), /NetCDF/],
    ["a missing variable", (path) => writeTinyWeather(path, 2, 4, undefined, { ...LAYOUT, channels: ["z500", "q850"] }), /a variable t850, got z500, q850/], // prettier-ignore
    ["another grid", (path) => writeTinyWeather(path, 2, 4, undefined, { ...LAYOUT, grid: { ...gaussianGrid(8, 16), latitudes: Float64Array.from({ length: 8 }, (_, i) => -70 + 20 * i) } }), /the grid of 16 x 8 points \(gaussian\)/], // prettier-ignore
    ["masked cells", (path) => writeTinyWeather(path, 2, 4, (_, values) => values.fill(Number.NaN, 300, 310)), /without masked cells, got 20 of 256 masked or infinite, the first of z500 at/], // prettier-ignore
    ["degrees Celsius that say nothing of it", (path) => writeTinyWeather(path, 2, 4, (channel, values) => (channel === "t850" ? values.map((value) => value - 273.15) : values)), /climate, such as t850 at .* K, got -.* 128 of 256 values, of t850/], // prettier-ignore
    ["another calendar", (path) => writeInForm(path, 2, 4, { calendar: "360_day" }), /a calendar among standard/],
    ["other units", (path) => writeInForm(path, 2, 4, { units: "m" }), /z500 in m2 s-2, got m/],
    ["a single time", (path) => writeTinyWeather(path, 2, 1), /two analyses 12 hours apart/],
  ])("%s", async (name, write, message) => {
    const path = at(`${name.replaceAll(" ", "-")}.nc`);
    await write(path);
    await expect(from(path)).rejects.toThrow(message);
    expect(existsSync(at("bad.nc"))).toBe(false);
  });

  test("a file that is not there, a time that is not in it, an output of no format", async () => {
    await expect(from(at("nowhere.nc"))).rejects.toThrow(/a readable file .*nowhere\.nc.* got ENOENT/);
    await expect(from(at("truth.nc"), "--init-time", "2020-01-01")).rejects.toThrow(/two analyses .* at 2019-12-31T12/);
    await expect(forecast("--out", at("f.grib"))).rejects.toThrow(
      /a name that ends in \.nc, \.nc4, \.zarr, got .*f\.grib/,
    );
    await expect(forecast("--days", "0.3", "--out", at("bad.nc"))).rejects.toThrow(/whole steps of 12 hours, got 0\.3/);
  });
});

describe("verification", () => {
  test("scores each lead and channel, as a table or as JSON", async () => {
    await forecast(...START, "--out", at("v.nc"));
    const words = ["weather", "verify", at("v.nc"), "--truth", at("truth.nc"), "--climatology", at("train.nc")];
    const report = JSON.parse(await run([...words, "--json"])) as ForecastVerification;
    expect(report.scores.map(({ channel, leadHours }) => `${channel} ${leadHours}`)).toEqual(
      [12, 24, 36, 48].flatMap((lead) => [`z500 ${lead}`, `t850 ${lead}`]),
    );
    for (const { crps, rmse, ranks, acc } of report.scores) {
      expect(crps).toBeGreaterThan(0);
      expect(rmse).toBeGreaterThan(crps);
      expect(ranks!.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      expect(Math.abs(acc!)).toBeLessThanOrEqual(1);
    }
    const table = await run(words);
    expect(table).toMatch(/^5 members from 2001-01-11T00:00.*\n\nz500\nlead +CRPS +RMSE +bias +spread\/skill/);
    expect(table.split("\n").filter((line) => line.startsWith("2 d ")).length).toBe(2);
    expect(table).not.toContain("masked");
  });

  test("says how much of the truth is masked", async () => {
    await forecast(...START, "--out", at("m.nc"));
    await writeTinyWeather(at("masked.nc"), 2, 40, (channel, values) =>
      channel === "t850" ? values.fill(Number.NaN) : values,
    );
    const table = await run(["weather", "verify", at("m.nc"), "--truth", at("masked.nc")]);
    const [z500, t850] = table.split("\nt850\n");
    expect(z500).not.toContain("masked");
    expect(t850).toMatch(/rank unevenness +masked\n12 h +-.* 100\.0 %\n/);
  });

  test("leaves out what has no truth, and needs some", async () => {
    await forecast("--out", at("late.nc"));
    await expect(run(["weather", "verify", at("late.nc"), "--truth", at("truth.nc")])).rejects.toThrow(
      /analyses between 2001-01-31T00.*, got times from 2001-01-01/,
    );
    await expect(run(["weather", "verify", at("truth.nc"), "--truth", at("truth.nc")])).rejects.toThrow(
      /a coordinate of members \(realization\), got time\(time\)/,
    );
  });
});

test("an output that is an input, or of another kind, is refused, and so is what has no effect", async () => {
  const before = readFileSync(at("truth.nc"));
  await expect(forecast(...START, "--out", at("truth.nc"))).rejects.toThrow(/another file than that of --init/);
  const words = ["weather", "evaluate", "--model", at("model"), "--data", at("truth.nc")];
  await expect(run([...words, "--out", at("truth.nc")])).rejects.toThrow(/a file that ends in .json/);
  await expect(run([...words, "--split", "validation"])).rejects.toThrow(
    /--split: expected data whose years have a use/,
  );
  await expect(run([...words, "--archive", at("truth.nc")])).rejects.toThrow(/in both/);
  expect(readFileSync(at("truth.nc"))).toEqual(before);
});

test("evaluation prints a table and writes a report, of which pictures are drawn", async () => {
  const words = ["weather", "evaluate", "--model", at("model"), "--data", at("truth.nc"), "--archive", at("train.nc")];
  const out = at("report.json");
  const table = await run([...words, "--starts", "4", "--members", "3", "--days", "2", "--out", out]);
  expect(table).toMatch(/z500: fair CRPS .*\nlead +model +ridge \+ bootstrapped errors +damped anomaly/);
  expect(table).toMatch(/model: likelihood of what happened: \d/);
  const report = JSON.parse(readFileSync(out, "utf8")) as ForecastModelReport;
  expect(report.systems.length).toBe(5);
  expect(parseReceipt(readFileSync(`${out}.receipt.json`))).toMatchObject({
    modelHash: report.models[0].hash,
    seed: 1,
  });
  const pictures = at("report-pictures");
  await run(["weather", "plot", out, "--out", `${pictures}/`]);
  expect(readdirSync(pictures)).toEqual(
    ["crps", "ranks", "spectra", "spread-skill"].flatMap((name) =>
      ["t850", "z500"].map(
        (channel) => `${name}-${channel}${name === "ranks" || name === "spectra" ? "-24h" : ""}.svg`,
      ),
    ),
  );
  await expect(run([...words.slice(0, 4), "--starts", "4"])).rejects.toThrow(
    /--data: expected analyses that the model/,
  );
});

test("a forecast is drawn into a folder, again and again, but not over what is not its own", async () => {
  await forecast(...START, "--out", at("p.nc"));
  const plot = (...more: string[]) => run(["weather", "plot", at("p.nc"), "--out", at("pictures"), ...more]);
  await plot("--truth", at("truth.nc"), "--lead", "24", "--variable", "t850", "--point", "-30,150");
  const names = ["mean-and-spread-t850-24h.svg", "plume-t850.svg", "ranks-t850-24h.svg", "stamps-t850-24h.svg"];
  expect(readdirSync(at("pictures"))).toEqual(names);
  for (const name of names) expect(readFileSync(at(`pictures/${name}`), "utf8"), name).toMatch(/^<svg /);
  expect(parseReceipt(readFileSync(at("pictures.receipt.json"))).outputs.length).toBe(4);
  await plot();
  expect(readdirSync(at("pictures"))).toEqual([
    "mean-and-spread-z500-48h.svg",
    "plume-z500.svg",
    "stamps-z500-48h.svg",
  ]);
  writeFileSync(at("pictures/mine.svg"), "mine");
  await expect(plot()).rejects.toThrow(/mine\.svg in it, which no earlier run wrote/);
  await expect(plot("--variable", "q850")).rejects.toThrow(/mine\.svg|--variable among z500, t850/);
  const report = run(["weather", "plot", at("model/model.json"), "--out", at("no-pictures")]);
  await expect(report).rejects.toThrow(/a report of nextscale weather evaluate, got JSON of something else/);
});

test("the demonstration makes a forecast, with pictures, and says how to make it again", async () => {
  const options = { model: at("model"), init: at("truth.nc"), out: at("demo"), seed: 7 };
  const lines = await demoForecast(options, { args: ["demo"], signal: new AbortController().signal });
  const outputs = ["forecast.nc", "mean-and-spread-z500-120h.svg", "plume-z500.svg"];
  expect(readdirSync(at("demo"))).toEqual(outputs.flatMap((name) => [name, `${name}.receipt.json`]));
  const [, ...words] = lines.at(-1)!.trim().split(" nextscale ").at(-1)!.split(" ");
  await run(["weather", ...words.slice(0, -1), at("again.nc")]);
  expect(readFileSync(at("again.nc"))).toEqual(readFileSync(at("demo/forecast.nc")));
});
