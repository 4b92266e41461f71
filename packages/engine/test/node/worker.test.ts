import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Worker } from "node:worker_threads";
import ts from "typescript";
import { afterEach, expect, test } from "vitest";
import type { Engine } from "../../src/engines/engine.js";
import { OwningEngine } from "../../src/engines/owning-engine.js";
import { isNextscaleError } from "../../src/errors.js";
import { openEngine } from "../../src/node/open-engine.js";
import { WorkerConnection } from "../../src/node/worker/connection.js";
import { OPENED } from "../../src/node/worker/protocol.js";
import { startWorker } from "../../src/node/worker/start-worker.js";
import { WorkerDriver } from "../../src/node/worker/worker-engine.js";
import { longInputs, longProgram } from "../support/programs.js";

let engine: Engine | undefined;
afterEach(() => engine?.close());

const SIZE = 512;
const inputs = longInputs(SIZE);

/** How often a timer fires while `work` runs. */
async function ticksDuring(work: () => Promise<unknown>): Promise<number> {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  await work();
  clearInterval(timer);
  return ticks;
}

test("timers fire during a long run in a worker, and do not without one", async () => {
  const program = longProgram(SIZE, 60);
  engine = await openEngine("onnxruntime-node/cpu", { worker: true });
  const inWorker = await engine.compile(program);
  expect(await ticksDuring(() => inWorker.run(inputs))).toBeGreaterThan(5);
  await engine.close();
  engine = await openEngine("onnxruntime-node/cpu");
  const here = await engine.compile(program);
  expect(await ticksDuring(() => here.run(inputs))).toBeLessThan(3);
});

test("a worker that stops rejects what waits and what comes later with a typed error", async () => {
  // Stops between two messages: a thread that is killed inside an engine's native code takes the whole process with it.
  const script = `
    const { parentPort } = require("node:worker_threads");
    parentPort.once("message", () => process.exit(3));
    parentPort.postMessage({ id: ${OPENED}, result: null });
  `;
  const connection = new WorkerConnection(new Worker(script, { eval: true }));
  await connection.opened();
  const first = connection.ask({ kind: "run", executable: 0 });
  const second = connection.ask({ kind: "run", executable: 1 });
  for (const waiting of [first, second]) {
    await expect(waiting).rejects.toSatisfy((error) => isNextscaleError(error, "engine-failure"));
  }
  await expect(connection.ask({ kind: "close" })).rejects.toThrow("running worker");
  await new OwningEngine("stopped", new WorkerDriver(connection)).close();
});

test("a worker whose script fails rejects with the reason", async () => {
  const connection = new WorkerConnection(startWorker({ engine: "onnxruntime-node/cpu", threads: -1 }));
  await expect(connection.opened()).rejects.toSatisfy((error) => isNextscaleError(error, "invalid-argument"));
});

test("a worker answers one request after the other: what is asked before it closes is done", async () => {
  const connection = new WorkerConnection(startWorker({ engine: "onnxruntime-node/cpu" }));
  await connection.opened();
  const compile = { kind: "compile", program: longProgram(8, 3), options: {}, inputs: {}, outputs: {} } as const;
  const answers = [connection.ask<number>(compile), connection.ask<number>(compile), connection.ask({ kind: "close" })];
  expect(await Promise.all(answers)).toEqual([0, 1, null]);
  await connection.terminate();
});

test("an engine that does not load is named through the worker too", async () => {
  const opening = openEngine("tfjs/webgpu", { worker: true });
  await expect(opening).rejects.toSatisfy((error) => isNextscaleError(error, "engine-unavailable"));
});

/** Our sources as plain JavaScript in a folder from which packages resolve. */
function transpiledSources(): string {
  const source = join(import.meta.dirname, "../../src");
  const out = join(import.meta.dirname, "../../out");
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(join(out, "transpiled-"));
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const target = join(folder, relative(".", file).replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    const { outputText } = ts.transpileModule(readFileSync(join(source, file), "utf8"), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
    });
    writeFileSync(target, outputText);
  }
  return folder;
}

test("plain Node runs a worker from JavaScript, and ends by itself although nothing was closed", () => {
  const folder = transpiledSources();
  try {
    const script = `
      import { openEngine } from ${JSON.stringify(join(folder, "node/index.js"))};
      import { GraphBuilder } from ${JSON.stringify(join(folder, "ir/graph-builder.js"))};
      const g = new GraphBuilder();
      const x = g.input("x", { dtype: "float32", shape: [2] });
      const program = g.finish([{ name: "y", value: g.add(x, x) }]);
      const engine = await openEngine(undefined, { worker: true });
      const executable = await engine.compile(program);
      console.log((await executable.run({ x: Float32Array.of(1, 2) })).y.join());
    `;
    const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "2,4\n", stderr: "" });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
