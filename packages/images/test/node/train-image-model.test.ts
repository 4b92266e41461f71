import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isNextscaleError } from "@nextscale/engine";
import { sha256, type ScaleDiagnostics } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ImagePreset } from "../../src/config/presets.js";
import { imageDataset, type ImageDataset } from "../../src/data/image-dataset.js";
import { loadImageModel } from "../../src/node/load-image-model.js";
import { loadMnist } from "../../src/node/mnist.js";
import { trainImageModel, type TrainImageModelOptions } from "../../src/node/train-image-model.js";
import { SMALLER } from "../support/smaller-preset.js";
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
  return trainImageModel({ preset: SMALLER, dataset, out: pathOf(name), seed: 1, ...changes });
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

/** What a checkpoint says of the training. */
function trainingOf(name: string): unknown {
  const text = readFileSync(join(pathOf(name), "model.json"), "utf8");
  return (JSON.parse(text) as { training: unknown }).training;
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
    // The stages have 10, 20, 10 and 30 steps.
    await interruptAfter(4, "parts");
    expect(readdirSync(pathOf("parts.training"))).toEqual(["autoencoder"]);
    await interruptAfter(6 + 13, "parts", { start: "resume" });
    expect(readdirSync(pathOf("parts.training")).sort()).toEqual(["autoencoder", "tokeniser"]);
    await interruptAfter(7 + 5, "parts", { start: "resume" });
    expect(readdirSync(pathOf("parts.training")).sort()).toEqual(["autoencoder", "decoder", "tokeniser"]);
    await interruptAfter(5 + 22, "parts", { start: "resume" });
    expect(readdirSync(pathOf("parts.training")).sort()).toEqual(["autoencoder", "decoder", "refiner", "tokeniser"]);
    expect(existsSync(pathOf("parts"))).toBe(false);
    await run("parts", { start: "resume" });
    expect(await hashOf("parts")).toBe(wholeHash);
  },
);

test("a run that starts over leaves nothing of an earlier one", { timeout: 60_000 }, async () => {
  cpSync(pathOf("whole.training"), pathOf("again.training"), { recursive: true });
  expect(readdirSync(pathOf("again.training")).sort()).toEqual(["autoencoder", "decoder", "refiner", "tokeniser"]);
  const first = await hashOf("again.training/autoencoder");
  await interruptAfter(12, "again", { seed: 2, start: "over" });
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
    const child = spawn(process.execPath, [...loader, fixture, pathOf("killed"), "tokeniser 10"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    for await (const line of createInterface({ input: child.stdout }))
      if (line === "tokeniser 10") child.kill("SIGKILL");
    expect(await exited).toEqual([null, "SIGKILL"]);
    expect(existsSync(pathOf("killed"))).toBe(false);
    // In the middle of the stage, two steps after its last checkpoint.
    expect(trainingOf("killed.training/tokeniser")).toEqual({
      stepsDone: 8,
      steps: 20,
      engine: "onnxruntime-node/cpu",
    });
    await run("killed", { start: "resume" });
    expect(await hashOf("killed")).toBe(wholeHash);
  },
);

test("a resumed run must be the same run", async () => {
  await interruptAfter(3, "mine");
  const stored = readdirSync(pathOf("mine.training"));
  expect(await failureOf(run("mine", { start: "resume", seed: 2 }))).toMatch(/^invalid-data: .*seed 2.*got.*seed 1/);
  const others = await subset(await loadMnist("train"), { first: 1, count: 200, stride: 20 });
  expect(await failureOf(run("mine", { start: "resume", dataset: others }))).toMatch(/^invalid-data: .*sha256/);
  expect(await failureOf(run("mine", { start: "resume", preset: "mnist" }))).toMatch(/^invalid-data: .*config.model/);
  expect(readdirSync(pathOf("mine.training"))).toEqual(stored);
});

test("nothing is replaced that was not meant, and nothing begun where a training was to go on", async () => {
  const onProgress = () => expect.unreachable("a step was taken");
  const before = readFileSync(join(pathOf("whole"), "model.json"));
  expect(await failureOf(run("whole", { onProgress }))).toMatch(
    /^unwritable: .*whole, which holds an earlier training/,
  );
  rmSync(pathOf("only-model"), { recursive: true, force: true });
  cpSync(pathOf("whole"), pathOf("only-model"), { recursive: true });
  expect(await failureOf(run("only-model", { onProgress }))).toMatch(/^unwritable: .*earlier training/);
  const resume = { start: "resume", onProgress } as const;
  expect(await failureOf(run("only-model", resume))).toMatch(/^invalid-argument: .*a finished model without one/);
  expect(await failureOf(run("nowhere", resume))).toMatch(/^invalid-argument: .*nowhere\.training, got none/);
  await interruptAfter(2, "begun");
  expect(await failureOf(run("begun", { onProgress }))).toMatch(/^unwritable: .*earlier training/);
  expect(readFileSync(join(pathOf("whole"), "model.json"))).toEqual(before);
  expect(readFileSync(join(pathOf("only-model"), "model.json"))).toEqual(before);
  expect(existsSync(pathOf("nowhere.training"))).toBe(false);
});

test("a run goes on only on its own engine; checkpoints that do not name one are taken as they are", async () => {
  await interruptAfter(4, "moved");
  const path = join(pathOf("moved.training"), "autoencoder", "model.json");
  const written = readFileSync(path, "utf8");
  const onEngine = (engine: string | undefined) => {
    const description = JSON.parse(written) as { training: object };
    writeFileSync(path, JSON.stringify({ ...description, training: { ...description.training, engine } }));
  };
  onEngine("tfjs/wasm");
  expect(await failureOf(run("moved", { start: "resume" }))).toMatch(
    /^invalid-data: .*engine.*got engine "tfjs\/wasm"/,
  );
  onEngine(undefined);
  const { stepsFound, steps } = await run("moved", { start: "resume" });
  expect([stepsFound, steps]).toEqual([4, 70]);
  expect(await hashOf("moved")).toBe(wholeHash);
});

test("a preset of one's own is trained, and says how its scales use their codes", async () => {
  const { model, training } = SMALLER;
  const preset: ImagePreset = {
    model: { ...model, tokeniser: { ...model.tokeniser, scales: [1, 5], vocabulary: 6 } },
    training: { ...training, refiner: { ...training.refiner, steps: 2 } },
  };
  const seen: (readonly ScaleDiagnostics[])[] = [];
  const trained = await run("own", { preset, onTokeniser: (scales) => seen.push(scales) });
  expect(trained).toMatchObject({ seed: 1, engine: "onnxruntime-node/cpu", steps: 42, stepsFound: 0 });
  expect(trained.config.tokeniser.scales).toEqual([1, 5]);
  expect(seen).toHaveLength(1);
  expect(seen[0]!.map(({ tokens, vocabulary }) => [tokens, vocabulary])).toEqual([[200, 6], [5000, 6]]); // prettier-ignore
  const loaded = await loadImageModel(pathOf("own"));
  expect([loaded.hash, loaded.trainedOn.sha256, loaded.seed]).toEqual([trained.hash, dataset.hash, 1]);
  await loaded.close();
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
  expect(await failureOf(run("wide", { dataset: wide, onProgress }))).toMatch(/^invalid-argument: .*got 32x32 pixels/);
  const few = await subset(dataset, { first: 0, count: 10, stride: 1 });
  expect(await failureOf(run("few", { dataset: few, onProgress }))).toMatch(/^invalid-argument: .*at least 16 images/);
  expect(await failureOf(run("seed", { seed: -1, onProgress }))).toMatch(/^invalid-argument: .*seed/);
  for (const name of ["file.training", "strangers.training", "wide.training", "few.training"])
    expect(existsSync(pathOf(name))).toBe(false);
});
