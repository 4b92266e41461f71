import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isNextscaleError } from "@nextscale/engine";
import { sha256 } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageDataset, type ImageDataset } from "../../src/data/image-dataset.js";
import { loadImageModel } from "../../src/node/load-image-model.js";
import { loadMnist } from "../../src/node/mnist.js";
import { trainImageModel, type TrainImageModelOptions } from "../../src/node/train-image-model.js";
import { subset } from "../support/subset.js";

let home: string;
let dataset: ImageDataset;
let wholeHash: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "nextscale-"));
  dataset = await subset(await loadMnist("train"), { first: 0, count: 200, stride: 20 });
  await run("whole");
  wholeHash = await hashOf("whole");
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const pathOf = (name: string) => join(home, name);
const hashOf = (name: string) => sha256(readFileSync(join(home, name, "weights.safetensors")));

function run(name: string, changes: Partial<TrainImageModelOptions> = {}) {
  return trainImageModel({ preset: "tiny", dataset, out: pathOf(name), seed: 1, ...changes });
}

/** Trains for so many steps, of whatever stages, then interrupts. Signals are looked at before every step. */
async function interruptAfter(
  steps: number,
  name: string,
  changes: Partial<TrainImageModelOptions> = {},
): Promise<void> {
  const { signal } = new AbortController();
  let looked = 0;
  Object.defineProperty(signal, "aborted", { get: () => looked++ >= steps });
  await expect(run(name, { signal, ...changes })).rejects.toMatchObject({ code: "interrupted" });
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error("it was not refused"),
    (reason: unknown) => reason,
  );
  if (!isNextscaleError(error)) throw error;
  return `${error.code}: ${error.message}`;
}

test(
  "interrupted in each stage and resumed, a training ends with the bits of the uninterrupted one",
  { timeout: 120_000 },
  async () => {
    // The stages have 10, 20 and 30 steps.
    await interruptAfter(4, "parts");
    expect(readdirSync(pathOf("parts.training"))).toEqual(["autoencoder"]);
    await interruptAfter(6 + 13, "parts", { resume: true });
    expect(readdirSync(pathOf("parts.training")).sort()).toEqual(["autoencoder", "tokeniser"]);
    await interruptAfter(7 + 22, "parts", { resume: true });
    expect(readdirSync(pathOf("parts.training")).sort()).toEqual(["autoencoder", "refiner", "tokeniser"]);
    expect(existsSync(pathOf("parts"))).toBe(false);
    await run("parts", { resume: true });
    expect(await hashOf("parts")).toBe(wholeHash);
  },
);

test("a run that starts over leaves nothing of an earlier one", { timeout: 60_000 }, async () => {
  await interruptAfter(31, "again");
  const first = await hashOf("again.training/autoencoder");
  await interruptAfter(12, "again", { seed: 2 });
  expect(readdirSync(pathOf("again.training")).sort()).toEqual(["autoencoder", "tokeniser"]);
  // Control for the hashes: another seed has other bits.
  expect(await hashOf("again.training/autoencoder")).not.toBe(first);
});

test("the model that was trained loads, and knows what it was trained on", async () => {
  const model = await loadImageModel(pathOf("whole"));
  expect(model.config.classes).toEqual(dataset.classes);
  const { codes, data } = await model.sample({ count: 4, seed: 1 });
  expect(codes.map(({ length }) => length)).toEqual([4, 16, 100]);
  expect(data.every((value) => value >= 0 && value <= 1)).toBe(true);
  await model.close();
  const description = JSON.parse(readFileSync(join(pathOf("whole"), "model.json"), "utf8")) as {
    data: unknown;
    seed: unknown;
  };
  expect(description).toMatchObject({ seed: 1, data: { name: dataset.name, sha256: dataset.hash } });
});

test(
  "killed without warning in the second stage and resumed, it ends with the same bits",
  { timeout: 120_000 },
  async () => {
    const fixture = fileURLToPath(new URL("train-image-model.fixture.ts", import.meta.url));
    const loader = ["--conditions=@nextscale/source", "--import", import.meta.resolve("tsx")];
    const child = spawn(process.execPath, [...loader, fixture, pathOf("killed")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    for await (const line of createInterface({ input: child.stdout }))
      if (line === "autoencoder 10") child.kill("SIGKILL");
    expect(await exited).toEqual([null, "SIGKILL"]);
    expect(existsSync(pathOf("killed"))).toBe(false);
    await run("killed", { resume: true });
    expect(await hashOf("killed")).toBe(wholeHash);
  },
);

test("a resumed run must be the same run", async () => {
  await interruptAfter(3, "mine");
  const stored = readdirSync(pathOf("mine.training"));
  expect(await failureOf(run("mine", { resume: true, seed: 2 }))).toMatch(/^invalid-data: .*seed 2.*got.*seed 1/);
  const others = await subset(await loadMnist("train"), { first: 1, count: 200, stride: 20 });
  expect(await failureOf(run("mine", { resume: true, dataset: others }))).toMatch(/^invalid-data: .*sha256/);
  expect(await failureOf(run("mine", { resume: true, preset: "mnist" }))).toMatch(/^invalid-data: .*config.model/);
  expect(readdirSync(pathOf("mine.training"))).toEqual(stored);
});

test("what cannot be written or trained is refused before the first step", async () => {
  const onProgress = () => expect.unreachable("a step was taken");
  writeFileSync(pathOf("file"), "mine");
  expect(await failureOf(run("file", { onProgress }))).toMatch(/^unwritable/);
  expect(await failureOf(run("file/model", { onProgress }))).toMatch(/^unwritable/);
  mkdirSync(pathOf("strangers"));
  writeFileSync(join(pathOf("strangers"), "thesis.txt"), "mine");
  expect(await failureOf(run("strangers", { onProgress }))).toMatch(/^unwritable: .*thesis\.txt/);
  expect(readdirSync(pathOf("strangers"))).toEqual(["thesis.txt"]);
  expect(await failureOf(trainImageModel({ preset: "tiny", dataset, out: ".", onProgress }))).toMatch(
    /^unwritable: .*current folder/,
  );
  const wide = await imageDataset({
    name: "wide",
    images: new Uint8Array(32 * 32 * 20),
    height: 32,
    width: 32,
    channels: 1,
    classes: [],
  });
  expect(await failureOf(run("wide", { dataset: wide, onProgress }))).toMatch(
    /^invalid-argument: .*32x32x1.*latent grid of 6x6/s,
  );
  const few = await subset(dataset, { first: 0, count: 10, stride: 1 });
  expect(await failureOf(run("few", { dataset: few, onProgress }))).toMatch(/^invalid-argument: .*batch size/);
  expect(await failureOf(run("seed", { seed: -1, onProgress }))).toMatch(/^invalid-argument: .*seed/);
  for (const name of ["file.training", "strangers.training", "wide.training"])
    expect(existsSync(pathOf(name))).toBe(false);
});
