import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseReceipt } from "@nextscale/refinement-core";
import { openAnalyses, simulate } from "@nextscale/weather";
import { readDatasetFile } from "@nextscale/weather/node";
import { afterAll, expect, test } from "vitest";
import { run } from "./in-process.js";

const folder = mkdtempSync(join(tmpdir(), "nextscale-simulate-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a simulation is a file of analyses, the same in every format", { timeout: 60_000 }, async () => {
  const words = ["weather", "simulate", "--days", "1", "--step", "12", "--spin-up", "1", "--seed", "4"];
  const [, second] = simulate({ seed: 4, days: 1, hoursBetween: 12, spinUpDays: 1 });
  for (const name of ["a.nc", "a.nc4", "a.zarr"]) {
    await run([...words, "--out", at(name)]);
    const { times, layout, read } = await openAnalyses(await readDatasetFile(at(name)));
    expect(
      Array.from(times, (time) => new Date(time).toISOString()),
      name,
    ).toEqual(["15T00", "15T12", "16T00"].map((time) => `2001-01-${time}:00:00.000Z`));
    expect(layout.channels).toEqual(["z500", "t350", "t650"]);
    expect(layout.grid.kind).toBe("gaussian");
    expect(await read(1), name).toEqual(second!.fields);
    expect(parseReceipt(readFileSync(at(`${name}.receipt.json`)))).toMatchObject({ seed: 4, options: { days: 1 } });
  }
});

test("one that is interrupted leaves nothing", async () => {
  const words = ["weather", "simulate", "--days", "1", "--spin-up", "0", "--out", at("stopped.nc")];
  await expect(run(words, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  expect(existsSync(at("stopped.nc"))).toBe(false);
  expect(readdirSync(folder).filter((name) => name.includes("stopped"))).toEqual([]);
});

test("an output of no format, and two lengths, are refused", async () => {
  await expect(run(["weather", "simulate", "--days", "1", "--out", at("a.csv")])).rejects.toThrow(/ends in \.nc/);
  const both = run(["weather", "simulate", "--days", "1", "--years", "1", "--out", at("b.nc")]);
  await expect(both).rejects.toThrow(/cannot be used with/);
});
