import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RunOnDigits } from "../../src/node/run-on-digits.js";
import { runRecipe } from "../../src/node/run-table.js";
import { runTable, type RunProgress } from "../../src/node/index.js";
import { RECIPES } from "../../src/recipes/recipes.js";
import type { TableSettings } from "../../src/settings.js";
import { tableMarkdown } from "../../src/table/markdown.js";
import { tablePictures } from "../../src/table/picture.js";
import type { Recipe } from "../../src/table/recipe.js";
import { smallDigits } from "../support/digits.js";

/* Recipes run on a few images, two steps an epoch. */

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const digits = smallDigits();
const settings = { trainingImages: 512, testImages: 60, epochs: 3 };
const small: Recipe = {
  ...RECIPES.table2,
  floors: ["identity", "black", "autoencoder", "oracle-16"],
  variants: [
    { kind: "latents", hiddenLayers: 1 },
    { kind: "codes", parts: 16, head: "learned-bits", hiddenLayers: 1 },
  ],
  claims: [
    {
      statement: "Bits have the smaller error.",
      readings: [
        {
          name: "16 codes",
          metric: "error",
          weights: { "latents-1-hidden": 1, "codes-16-learned-bits-1-hidden": -1 },
        },
      ],
    },
  ],
};
/** The trainings of it alone. */
const trainings: Recipe = { ...RECIPES.table1, variants: small.variants, claims: small.claims, floors: [] };

const folder = mkdtempSync(join(tmpdir(), "nextscale-paper-"));
let engine: Engine;
beforeAll(async () => void (engine = await openEngine()));
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const run = (out: string, changes: Partial<RunOnDigits<TableSettings>> = {}, recipe = small) =>
  runRecipe(recipe, { out: join(folder, out), seeds: [0], settings, digits, engine, checkpointEvery: 1, ...changes });
const records = (out: string) =>
  readdirSync(join(folder, out, "runs")).filter((name) => name.endsWith("hidden-seed-0.json")).sort(); // prettier-ignore
const record = (out: string, name: string) => readFileSync(join(folder, out, "runs", name), "utf8");

test("a table has floors, the paper's rows and ours, and a run that is finished is not run again", async () => {
  const table = await run("once");
  expect(table.rows.map(({ kind }) => kind)).toEqual(["trivial", "trivial", "floor", "floor", "paper", "paper", "paper", "ours", "ours"]); // prettier-ignore
  const [identity, black, autoencoder, oracle] = table.rows.map(({ cells }) => cells.error?.[0] as number);
  // The noisy image is off by sigma² everywhere.
  expect(identity).toBeCloseTo(0.04, 3);
  expect(black).toBeGreaterThan(0.05);
  expect(oracle).toBeGreaterThan(0);
  expect(autoencoder).toBeGreaterThan(0);
  expect(table.isSmoke).toBe(true);
  expect(table.verdicts[0]).toMatchObject({ outcome: "undecided" });
  // A time for each round, by that of the first variant in the same round.
  const [first, second] = table.rows.slice(-2);
  expect(first!.cells.time).toEqual(Array.from({ length: 9 }, () => 1));
  expect(second!.cells.time).toEqual(second!.milliseconds!.map((time, round) => time / first!.milliseconds![round]!));
  // Two steps an epoch: an observation after each of the first epochs' steps.
  expect(table.curves[0]!.steps).toEqual([1, 2, 3, 4, 5, 6]);
  expect(tableMarkdown(table)).toContain("**A smoke run");
  expect(Object.keys(tablePictures(table))).toEqual(["table-1-code", "table-16-codes"]);
  expect(records("once")).toHaveLength(2);

  const events: string[] = [];
  const again = await run("once", { onProgress: ({ run: name }) => events.push(name) });
  expect(again).toEqual(table);
  expect(events).toEqual([]);
});

test("interrupted and run again, the records are those of a run in one go, bit for bit", async () => {
  // After two steps of the autoencoder, and of the second variant.
  for (const stopAt of [2, 14]) {
    const out = `stopped-${stopAt}`;
    const abort = new AbortController();
    const onProgress = ({ done }: RunProgress) => done >= stopAt && abort.abort();
    const stopping = run(out, { signal: abort.signal, logEvery: 1, onProgress }, trainings);
    await expect(stopping).rejects.toMatchObject({ code: "interrupted", fix: expect.stringContaining("run the same again") as string }); // prettier-ignore
    await run(out, {}, trainings);
    expect(records(out)).toEqual(records("once"));
    for (const name of records(out)) expect(record(out, name)).toBe(record("once", name));
    // What a run needed on its way is gone.
    expect(existsSync(join(folder, out, "runs", "latents-1-hidden-seed-0"))).toBe(false);
    expect(readdirSync(join(folder, out, "runs")).filter((name) => name.includes("observed"))).toEqual([]);
  }
  // Control: another seed's record is another.
  await run("once", { seeds: [0, 1] }, trainings);
  const other = record("once", "latents-1-hidden-seed-1.json");
  expect(JSON.parse(other)).toMatchObject({ seed: 1, variant: { kind: "latents" } });
  expect(other.replace('"seed": 1', '"seed": 0')).not.toBe(record("once", "latents-1-hidden-seed-0.json"));
});

test("a folder of other settings, a damaged record and wrong options are refused with what to do", async () => {
  await expect(run("once", { settings: { ...settings, epochs: 4 } })).rejects.toMatchObject({
    code: "invalid-argument",
    message: expect.stringMatching(/results of settings .*"epochs":4.*"epochs":3.*choose another folder/) as string,
  });
  const damaged = join(folder, "once", "runs", "latents-1-hidden-seed-0.json");
  const text = readFileSync(damaged, "utf8");
  writeFileSync(damaged, text.slice(0, 100));
  await expect(run("once")).rejects.toMatchObject({
    code: "invalid-file",
    fix: expect.stringContaining("delete") as string,
  });
  writeFileSync(damaged, text);
  await expect(runTable("table1", { out: folder, seeds: 0 })).rejects.toMatchObject({
    code: "invalid-argument",
    message: expect.stringMatching(/seeds to be a whole number from 1 to 100, got 0/) as string,
  });
  await expect(runTable("table9" as "table1", { out: folder })).rejects.toThrow(/a table among table1, .*got table9/);
});
