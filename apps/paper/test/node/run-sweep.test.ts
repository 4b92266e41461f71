import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { RunOnDigits } from "../../src/node/run-on-digits.js";
import { runGrid, runSweep } from "../../src/node/run-sweep.js";
import type { RunProgress } from "../../src/node/index.js";
import { SWEEP_VARIANTS } from "../../src/sweep/claims.js";
import type { SweepSettings } from "../../src/sweep/settings.js";
import { variantId } from "../../src/variant/variant.js";
import { smallDigits } from "../support/digits.js";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = mkdtempSync(join(tmpdir(), "nextscale-sweep-"));
let engine: Engine;
beforeAll(async () => void (engine = await openEngine()));
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const settings = { trainingImages: [300], sigmas: [0.1, 0.4], testImages: 40, epochs: 1, stepsPerEpoch: 2 };
const run = (out: string, changes: Partial<RunOnDigits<SweepSettings>> = {}) =>
  runGrid({ out: join(folder, out), seeds: [0], settings, digits: smallDigits(300, 40), engine, checkpointEvery: 1, logEvery: 1, ...changes }); // prettier-ignore

/** The records of a folder's cells, by their paths. */
const records = (out: string) =>
  readdirSync(join(folder, out, "grid"), { recursive: true, encoding: "utf8" })
    .filter((path) => /seed-0\.json$/.test(path))
    .sort()
    .map((path) => [path, readFileSync(join(folder, out, "grid", path), "utf8")] as const);

test("every cell has all variants under its own noise; interrupted and run again its records are the same to the byte", async () => {
  const events: RunProgress[] = [];
  const sweep = await run("once", { onProgress: (event) => events.push(event) });
  expect(sweep.isSmoke).toBe(true);
  expect(sweep.cells.map(({ trainingImages, sigma }) => [trainingImages, sigma])).toEqual([[300, 0.1], [300, 0.4]]); // prettier-ignore
  const [little, much] = sweep.cells.map(({ floors }) => floors[0]!.errors[0]!);
  // The noisy image is off by sigma² everywhere.
  expect(little).toBeCloseTo(0.01, 3);
  expect(much).toBeCloseTo(0.16, 2);
  for (const { variants } of sweep.cells) {
    expect(variants).toHaveLength(SWEEP_VARIANTS.length);
    for (const { figures } of variants) expect(figures.normVariance![0]).toBeGreaterThanOrEqual(0);
  }
  // All steps are counted, the autoencoder's once for both noises.
  const last = events.at(-1)!;
  expect(last).toMatchObject({ done: 2 * (2 * SWEEP_VARIANTS.length + 1), unit: "steps" });
  expect(last.total).toBe(last.done);
  expect(records("once")).toHaveLength(2 * (SWEEP_VARIANTS.length + 1));

  // In the training of the last but one of the second cell: what comes before is there.
  const open = SWEEP_VARIANTS.slice(-2).map((variant) => `300-images-noise-0.4/runs/${variantId(variant)}-seed-0.json`);
  cpSync(join(folder, "once"), join(folder, "stopped"), { recursive: true });
  for (const path of open) rmSync(join(folder, "stopped", "grid", path));
  const abort = new AbortController();
  const stopping = run("stopped", { signal: abort.signal, onProgress: ({ run: name }) => name.includes("0.4") && abort.abort() }); // prettier-ignore
  await expect(stopping).rejects.toMatchObject({
    code: "interrupted",
    message: expect.stringContaining(`an interruption after ${2 * SWEEP_VARIANTS.length - open.length}`) as string,
    fix: expect.stringContaining("run the same again") as string,
  });
  expect(await run("stopped")).toEqual(sweep);
  expect(records("stopped")).toEqual(records("once"));

  const again: RunProgress[] = [];
  expect(await run("once", { onProgress: (event) => again.push(event) })).toEqual(sweep);
  expect(again).toEqual([]);
});

test("a folder of other settings and wrong options are refused with what to do", async () => {
  const longer = { ...settings, epochs: 2 };
  await expect(run("once", { settings: longer })).rejects.toMatchObject({
    code: "invalid-argument",
    fix: expect.stringContaining("another folder") as string,
  });
  await expect(runSweep({ out: folder, seeds: 0 })).rejects.toThrow(/seeds/);
});
