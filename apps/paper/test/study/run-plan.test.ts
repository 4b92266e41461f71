import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import type { FeatureNetwork } from "@nextscale/images";
import { loadFeatureNetwork } from "@nextscale/images/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { resultsMarkdown } from "../../src/page/part-markdown.js";
import { RESULT_SCHEMAS } from "../../src/page/result-schemas.js";
import { runPlan, runStudy, type RunPlanOptions } from "../../src/node/study/run-study.js";
import { studyNetworks } from "../../src/node/study/study-data.js";
import { usualCell } from "../../src/study/cell/cell.js";
import { headlines } from "../../src/study/report/headline.js";
import { studyMarkdown } from "../../src/study/report/study-markdown.js";
import { studyPicture } from "../../src/study/report/study-picture.js";
import { matrixSampling, type PlannedCell, type StudyPart } from "../../src/study/report/study-plan.js";
import { rectangleImages, TINY } from "./support.js";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = mkdtempSync(join(tmpdir(), "nextscale-study-"));
let engine: Engine;
let features: FeatureNetwork;
beforeAll(async () => {
  engine = await openEngine();
  features = await loadFeatureNetwork();
});
afterAll(async () => {
  await features.close();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const steps = { steps: [1], most: 2, beyond: [] };
const planned = (cell: PlannedCell["cell"]): PlannedCell => ({ cell, group: "matrix", samplings: [matrixSampling(cell, steps)] }); // prettier-ignore
const next = usualCell("latents", "gaussian", [5]);
const diffusion = usualCell("latents", "epsilon", [5]);
const discrete = usualCell("latents", "absorbing", [5]);
const data = { train: rectangleImages(64, 1), test: rectangleImages(40, 2) };

const run = async (
  out: string,
  plan: readonly PlannedCell[],
  changes: Partial<RunPlanOptions> = {},
  part: StudyPart = "matrix",
) =>
  runPlan(part, plan, {
    ...{
      out: join(folder, out),
      seeds: [0],
      settings: TINY,
      steps,
      data,
      networks: await studyNetworks(features),
      engine,
    },
    ...{ checkpointEvery: 1, logEvery: 1, ...changes },
  });
const record = (out: string, name: string) => readFileSync(join(folder, out, "runs", `${name}.json`), "utf8");

test("a cell is trained, measured and sampled; interrupted and run again its record is the same to the byte", async () => {
  const results = await run("once", [planned(next), planned(diffusion), planned(discrete)]);
  const [gaussian, denoising, filling] = results.cells;
  expect(gaussian!.likelihood[0]!.bitsPerDim).toBeGreaterThan(0);
  expect(gaussian!.trainingSeconds[0]).toBeGreaterThan(0);
  expect(gaussian!.trainingOperations).toBeGreaterThan(0);
  expect(denoising!.samples[0]).toMatchObject({ id: "dpm-solver-2", seeds: [{ evaluations: 2, count: TINY.samples }] });
  expect(filling!.samples[0]).toMatchObject({ id: "ancestral-2", seeds: [{ evaluations: 2, count: TINY.samples }] });
  expect(filling!.codes[0]).toMatchObject({ codes: 50, bits: 350 });
  expect(studyMarkdown(results)).toMatch(/\*\*A smoke run[\s\S]*Training images, 20 \(floor\)[\s\S]*Latents, gaussian, single-scale/); // prettier-ignore
  // Single shots are no next-scale samples, whatever their head; the same figures of two scales are.
  expect(headlines(results)).toEqual([]);
  expect(studyMarkdown({ ...results, name: "frontier" })).toMatch(/### The claim\n[\s\S]*no samples of both kinds/);
  const twoScales = { ...gaussian!, cell: usualCell("latents", "gaussian", [1, 5]) };
  const multiScale = { ...results, name: "frontier", cells: [twoScales, denoising!] } as const;
  expect(headlines(multiScale).map(({ space }) => space)).toEqual(["all", "latents"]);
  expect(studyMarkdown(multiScale)).toMatch(
    /### The claim\n[\s\S]*- Latents: the closest next-scale samples are Latents, gaussian/,
  );
  const back = JSON.parse(JSON.stringify(results)) as typeof results;
  expect(RESULT_SCHEMAS[back.format].safeParse(back).error).toBeUndefined();
  expect(resultsMarkdown(back)).toBe(studyMarkdown(results));
  expect(studyPicture(results, "seconds")).toMatch(/^<svg/);

  // Nothing is run again.
  const seen: string[] = [];
  expect(await run("once", [planned(next)], { onProgress: ({ run: name }) => seen.push(name) })).toMatchObject({ cells: [gaussian] }); // prettier-ignore
  expect(seen).toEqual([]);

  // What a frontier compares is timed again, in turn, once.
  const timed = await run("once", [planned(next), planned(diffusion)], {}, "frontier");
  expect(timed.cells.map(({ samples }) => samples[0]!.secondsPerThousand.length)).toEqual([1, 3]);
  expect(timed.cells[1]!.samples[0]!.seeds).toEqual(denoising!.samples[0]!.seeds);
  expect(await run("once", [planned(next), planned(diffusion)], {}, "frontier")).toEqual(timed);

  // In the training, and before the samples.
  for (const stopAt of [2, TINY.training.steps]) {
    const abort = new AbortController();
    let calls = 0;
    const onProgress = () => void (++calls === stopAt && abort.abort());
    const out = `stopped-${stopAt}`;
    const stopping = run(out, [planned(next)], { signal: abort.signal, onProgress });
    await expect(stopping).rejects.toMatchObject({ code: "interrupted", fix: expect.stringContaining("run the same again") as string }); // prettier-ignore
    await run(out, [planned(next)]);
    expect(record(out, `${gaussian!.id}-seed-0`)).toBe(record("once", `${gaussian!.id}-seed-0`));
  }
});

test("a folder of other settings and wrong options are refused with what to do", async () => {
  await expect(run("once", [planned(next)], { settings: { ...TINY, samples: 30 } })).rejects.toMatchObject({
    code: "invalid-argument",
    fix: expect.stringContaining("another folder") as string,
  });
  await expect(runStudy("tables" as "matrix", { out: folder })).rejects.toThrow(/matrix, frontier/);
  await expect(runStudy("matrix", { out: folder, seeds: 0 })).rejects.toThrow(/seeds/);
});
