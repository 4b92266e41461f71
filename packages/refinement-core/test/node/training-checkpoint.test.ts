import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { isNextscaleError, type NamedArrays } from "@nextscale/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findCheckpoint, readCheckpoint, writeCheckpoint } from "../../src/node/checkpoint-folder.js";
import { trainingCheckpoint } from "../../src/node/training-checkpoint.js";
import { integerSource } from "../../src/random/integers.js";
import { randomStream } from "../../src/random/stream.js";
import { cosineSchedule } from "../../src/training/schedules.js";
import { train } from "../../src/training/train.js";
import { failureOf } from "../support/bytes.js";
import { initialRegression, regressionBatches, regressionOn, regressionLayout } from "../support/linear-regression.js";
import { finishedRegression, regressionContent, regressionKind } from "../support/regression-checkpoint.js";

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "nextscale-"));
  folder = join(home, "run", "training");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const fixture = fileURLToPath(new URL("training-run.fixture.ts", import.meta.url));

function start(steps: number, every: number, ...engine: string[]): ChildProcess {
  const loader = ["--conditions=@nextscale/source", "--import", import.meta.resolve("tsx")];
  return spawn(process.execPath, [...loader, fixture, folder, String(steps), String(every), ...engine], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Lets a training run until a line starts so and `delayMs` more, then kills it. Says whether it was done before that. */
async function runAndKill(
  child: ChildProcess,
  line: string,
  delayMs: number,
  signal: NodeJS.Signals,
): Promise<boolean> {
  const exited = once(child, "exit");
  for await (const said of createInterface({ input: child.stdout! })) {
    if (said === "done") break;
    if (!said.startsWith(line)) continue;
    void wait(delayMs).then(() => child.kill(signal));
    line = "\0";
  }
  const [code] = (await exited) as [number | null];
  return code === 0;
}

async function uninterrupted(steps: number, engine?: string): Promise<NamedArrays> {
  const { state } = await train({
    executable: await regressionOn(engine, initialRegression(5)),
    layout: regressionLayout,
    steps,
    batches: regressionBatches(5),
    scalars: { learningRate: cosineSchedule({ peak: 0.01, last: 0, steps }) },
  });
  return state;
}

test(
  "killed at any moment and resumed, a training ends with the bits of the uninterrupted one",
  { timeout: 120_000 },
  async () => {
    const [steps, every] = [700, 7];
    const draw = integerSource(randomStream(1, "kill moments"));
    let kills = 0;
    let lastSaved = 0;
    // The first dies before it has saved anything; the others somewhere in or between savings, which follow one another.
    for (let line = "started"; ; line = "saved") {
      const delay = line === "started" ? 0 : draw(30);
      if (await runAndKill(start(steps, every), line, kills < 4 ? delay : 60_000, "SIGKILL")) break;
      kills++;
      const found = await findCheckpoint(folder, regressionKind);
      const stepsDone = found?.description.training?.stepsDone ?? 0;
      expect(stepsDone).toBeGreaterThanOrEqual(lastSaved);
      expect(stepsDone % every).toBe(0);
      lastSaved = stepsDone;
    }
    expect(kills).toBe(4);
    expect(lastSaved).toBeGreaterThan(0);
    expect(lastSaved).toBeLessThan(steps);
    const { tensors, description } = await readCheckpoint(folder, regressionKind);
    expect(description.training).toEqual({ stepsDone: steps, steps });
    expect(tensors).toEqual(await uninterrupted(steps));
    // Control: the test would see one step more.
    expect(tensors).not.toEqual(await uninterrupted(steps + 1));
    expect(readdirSync(join(home, "run"))).toEqual(["training"]);
  },
);

test(
  "the same on ONNX Runtime; its bits are its own, its numbers those of the step written out",
  { timeout: 120_000 },
  async () => {
    const [steps, engine] = [600, "onnxruntime-node/cpu"];
    expect(await runAndKill(start(steps, 7, engine), "saved", 25, "SIGKILL")).toBe(false);
    const killedAt = (await readCheckpoint(folder, regressionKind)).description.training!.stepsDone;
    expect(killedAt).toBeLessThan(steps);
    expect(await runAndKill(start(steps, 7, engine), "never", 0, "SIGKILL")).toBe(true);
    const { tensors } = await readCheckpoint(folder, regressionKind);
    expect(tensors).toEqual(await uninterrupted(steps, engine));
    const written = await uninterrupted(steps);
    for (const [name, values] of Object.entries(tensors)) {
      values.forEach((value, i) => expect(value).toBeCloseTo(written[name]![i]!, 4));
    }
  },
);

test("an interrupt from the keyboard saves the step it came in", async () => {
  const steps = 1_000_000;
  expect(await runAndKill(start(steps, steps), "started", 30, "SIGINT")).toBe(false);
  const { description, tensors } = await readCheckpoint(folder, regressionKind);
  expect(description.training!.stepsDone).toBeGreaterThan(0);
  expect(tensors["count/steps"]![0]).toBe(description.training!.stepsDone);
});

const run = { config: { learningRate: 0.01 }, seed: 5, data: regressionContent().data, steps: 10 };
const messageOf = async (promise: Promise<unknown>): Promise<string> => (await failureOf(() => promise)).message;

test("nothing saved yet: no folder, or an empty one", async () => {
  const checkpoint = trainingCheckpoint(folder, regressionKind, run);
  expect(await checkpoint.resume()).toBeUndefined();
  mkdirSync(folder, { recursive: true });
  expect(await checkpoint.resume()).toBeUndefined();
  await checkpoint.save(4, initialRegression(5));
  expect(await checkpoint.resume()).toEqual({ stepsDone: 4, state: initialRegression(5) });
});

test("a checkpoint of another run, a finished model, half a checkpoint and another folder are refused", async () => {
  await trainingCheckpoint(folder, regressionKind, run).save(4, initialRegression(5));
  const other = { ...run, seed: 6, config: { learningRate: 0.5 } };
  expect(await messageOf(trainingCheckpoint(folder, regressionKind, other).resume())).toContain(
    "a checkpoint of this run (seed 6, config.learningRate 0.5), got seed 5, config.learningRate 0.01",
  );
  await writeCheckpoint(folder, regressionKind, finishedRegression());
  expect(await messageOf(trainingCheckpoint(folder, regressionKind, run).resume())).toContain("a finished model");
  rmSync(join(folder, "weights.safetensors"));
  expect(await messageOf(trainingCheckpoint(folder, regressionKind, run).resume())).toContain(
    "weights.safetensors: missing",
  );
  expect(await messageOf(readCheckpoint(join(home, "nowhere"), regressionKind))).toContain("no such folder");
});

test("a state that is not finite does not replace the one before", async () => {
  const checkpoint = trainingCheckpoint(folder, regressionKind, run);
  await checkpoint.save(4, initialRegression(5));
  const broken = { ...initialRegression(5), "params/bias": Float32Array.of(0, NaN, 0, 0) };
  const error: unknown = await checkpoint.save(5, broken).catch((reason: unknown) => reason);
  expect(isNextscaleError(error, "invalid-data")).toBe(true);
  expect((await checkpoint.resume())!.stepsDone).toBe(4);
});
