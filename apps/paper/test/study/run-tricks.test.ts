import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import type { FeatureNetwork } from "@nextscale/images";
import { loadFeatureNetwork } from "@nextscale/images/node";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { resultsMarkdown } from "../../src/page/part-markdown.js";
import { RESULT_SCHEMAS } from "../../src/page/result-schemas.js";
import { compareTricks, runTricks, type CompareTricksOptions } from "../../src/node/study/run-tricks.js";
import { studyNetworks } from "../../src/node/study/study-data.js";
import { temperatures, truncated } from "../../src/study/tricks/calibration.js";
import { distillation } from "../../src/study/tricks/distillation.js";
import { selfConditioning } from "../../src/study/tricks/self-conditioning.js";
import { flow } from "../../src/study/tricks/flow.js";
import { guided } from "../../src/study/tricks/guidance.js";
import { TRICKS } from "../../src/study/tricks/tricks.js";
import { tricksMarkdown } from "../../src/study/tricks/tricks-markdown.js";
import { tricksPictures } from "../../src/study/tricks/tricks-picture.js";
import { closest, type SampledTrick, type Trick } from "../../src/study/tricks/trick.js";
import { rectangleImages, TINY } from "./support.js";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const folder = mkdtempSync(join(tmpdir(), "nextscale-tricks-"));
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

const data = {
  train: rectangleImages(64, 1),
  validation: rectangleImages(30, 3),
  test: rectangleImages(40, 2),
};
const run = async (out: string, tricks: readonly Trick[], changes: Partial<CompareTricksOptions> = {}) =>
  compareTricks(tricks, {
    ...{ out: join(folder, out), seeds: [0], settings: { study: TINY, validationImages: 30 }, data, engine },
    ...{ networks: await studyNetworks(features), checkpointEvery: 1, logEvery: 1, ...changes },
  });
const record = (out: string, name: string) =>
  readFileSync(join(folder, out, "held-out", "runs", `${name}.json`), "utf8");

/** Guidance and top-k that change nothing: what is searched takes a program for each candidate. */
const common = { kind: "sampled", source: "test", change: "test", evaluations: () => 10 } as const;
const everywhere = (value: number, scales: number) => Array.from({ length: scales }, () => value);
const noGuidance: SampledTrick = {
  ...{ ...common, id: "no-guidance", label: "No guidance", hasLikelihood: true, apply: guided },
  choose: (scales, validation) => closest(validation, [{ name: "strength 1", values: everywhere(1, scales) }]),
};
const allCodes: SampledTrick = {
  ...{ ...common, id: "all-codes", label: "All codes", hasLikelihood: false, apply: truncated },
  choose: async (scales) => ({ name: "all", values: everywhere(256, scales), tried: [] }),
};

test("tricks are trained, chosen on validation images, measured and held against the base model", async () => {
  const results = await run("once", [distillation, selfConditioning, flow, temperatures, noGuidance, allCodes]);
  const { base } = results;
  const of = (id: string) => results.tricks.find((row) => row.id === id)!;
  expect(base.seeds[0]!.sample).toMatchObject({ count: TINY.samples, evaluations: 5 });
  expect(base.seeds[0]!.sample.resampled.frechet).toHaveLength(TINY.resamples);

  // What changes nothing has a difference of exactly nothing.
  const nothing = { mean: 0, lower: 0, upper: 0 };
  for (const id of ["all-codes", "no-guidance"]) {
    expect(of(id).differences).toMatchObject({ frechet: nothing, classAgreement: nothing });
    expect(of(id).verdicts.frechet).toBe("no difference seen");
  }
  expect(of("no-guidance").differences.bitsPerDim!.mean).toBeCloseTo(0, 5);
  expect(of("all-codes").differences.bitsPerDim).toBeUndefined();
  // Control: what was trained anew draws other samples.
  expect(of("self-conditioning").differences.frechet.mean).not.toBe(0);

  expect(of("distillation").seeds[0]!.sample.evaluations).toBe(3);
  // As many sites; contexts are made anew at the second of two scales.
  const share = of("distillation").seeds[0]!.sample.operations / base.seeds[0]!.sample.operations;
  expect(share).toBeCloseTo(1, 2);
  expect(of("self-conditioning").seeds[0]!.parameters).toBeGreaterThan(base.seeds[0]!.parameters);
  expect(of("flow").seeds[0]!).toMatchObject({ choice: { tried: [{ name: "1 a scale" }, {}, {}, {}] } });
  expect(of("flow").seeds[0]!.sample.evaluations).toBe(5 * of("flow").seeds[0]!.choice!.values[0]!);
  expect(of("flow").differences.bitsPerDim).toBeUndefined();
  expect(of("temperatures").seeds[0]!.trainingOperations).toBe(0);
  expect(of("temperatures").seeds[0]!.choice!.values).toHaveLength(5);

  const text = tricksMarkdown(results);
  expect(text).toMatch(/\*\*A smoke run[\s\S]*Training images, 20 \(floor\)[\s\S]*Base model[\s\S]*× 0.60/);
  expect(text).toMatch(/All codes \| test \| \+0.00 \(0.00 to 0.00\) \| no difference seen .*\| no likelihood/);
  const back = JSON.parse(JSON.stringify(results)) as typeof results;
  expect(RESULT_SCHEMAS[back.format].safeParse(back).error).toBeUndefined();
  expect(resultsMarkdown(back)).toBe(text);
  expect(text).toMatch(/No guidance, seed 0: strength 1, of 1 tried/);
  // As many lines as the comparison has: a picture has no more colours than six.
  const named = TRICKS.map(({ id, label, kind }) => ({ ...results.tricks[0]!, id, label, kind }));
  const pictures = tricksPictures({ ...results, tricks: named });
  expect(Object.keys(pictures)).toEqual(["trained", "sampled"]);
  for (const picture of Object.values(pictures)) expect(picture).toMatch(/^<svg/);

  // Nothing is run again.
  const seen: string[] = [];
  expect((await run("once", [allCodes], { onProgress: ({ run: name }) => seen.push(name) })).base).toEqual(base);
  expect(seen).toEqual([]);

  // Interrupted in the second step of the student's training, where the base model is there.
  cpSync(join(folder, "once"), join(folder, "stopped"), { recursive: true });
  const runs = join(folder, "stopped", "held-out", "runs");
  const ofStudent = readdirSync(runs).filter((name) => name.startsWith("distillation"));
  for (const name of ofStudent) rmSync(join(runs, name), { recursive: true });
  const abort = new AbortController();
  let calls = 0;
  const onProgress = () => void (++calls === 2 && abort.abort());
  await expect(run("stopped", [distillation], { signal: abort.signal, onProgress })).rejects.toMatchObject({
    code: "interrupted",
    fix: expect.stringContaining("run the same again") as string,
  });
  await run("stopped", [distillation]);
  expect(record("stopped", "distillation-seed-0")).toBe(record("once", "distillation-seed-0"));
});

test("a folder of other settings and wrong options are refused with what to do", async () => {
  const settings = { study: { ...TINY, samples: 30 }, validationImages: 30 };
  await expect(run("once", [], { settings })).rejects.toMatchObject({
    code: "invalid-argument",
    fix: expect.stringContaining("another folder") as string,
  });
  const validation = rectangleImages(20, 3);
  await expect(run("once", [], { data: { ...data, validation } })).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(runTricks({ out: folder, seeds: 0 })).rejects.toThrow(/seeds/);
});
