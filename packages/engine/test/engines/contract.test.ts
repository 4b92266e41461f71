import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engines/engine.js";
import { probe } from "../../src/engines/probe.js";
import { isNextscaleError } from "../../src/errors.js";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import type { Program } from "../../src/ir/program.js";
import { f32, i32 } from "../../src/trace/signature.js";
import type { EngineName } from "../../src/node/engine-names.js";
import { severalStepsDifference } from "../support/conformance.js";
import { openEngine, type OpenEngineOptions } from "../../src/node/open-engine.js";

/** y = x w, and the state `total` grows by y. */
function accumulator(): Program {
  const g = new GraphBuilder();
  const x = g.input("x", f32(1, 3));
  const w = g.input("w", f32(3, 2));
  const total = g.input("total", f32(1, 2));
  const y = g.matMul(x, w);
  return g.finish([
    { name: "total", value: g.add(total, y) },
    { name: "y", value: y },
  ]);
}

const weights = { w: Float32Array.of(1, 2, 3, 4, 5, 6) };
const x = Float32Array.of(1, 1, 1);

/** The code and message of what `promise` rejects with. */
async function failure(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error: unknown = await promise.then(
    () => new Error("no failure"),
    (reason: unknown) => reason,
  );
  return isNextscaleError(error) ? error : { code: "other", message: String(error) };
}

describe.each<[EngineName, OpenEngineOptions]>([
  ["onnxruntime-node/cpu", {}],
  ["onnxruntime-node/cpu", { worker: true }],
  ["tfjs/cpu", {}],
  ["tfjs/cpu", { worker: true }],
  ["tfjs/wasm", {}],
])("%s %o", (name, options) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(name, options);
  });
  afterAll(() => engine.close());

  test("constants are baked in, state is carried over, outputs are returned", async () => {
    const run = await engine.compile(accumulator(), {
      constants: weights,
      state: { total: Float32Array.of(100, 200) },
    });
    expect(await run.run({ x })).toEqual({ y: Float32Array.of(9, 12) });
    expect(await run.readState()).toEqual({ total: Float32Array.of(109, 212) });
    for (let i = 0; i < 5; i++) await run.run({ x });
    expect(await run.readState()).toEqual({ total: Float32Array.of(154, 272) });
    await run.close();
  });

  test("several steps a run go along a leading axis and carry the state, as so many runs would", async () => {
    const options = { constants: weights, state: { total: Float32Array.of(100, 200) } };
    const run = await engine.compile(accumulator(), { ...options, stepsPerRun: 3 });
    const xs = Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0, 2);
    expect(await run.run({ x: xs })).toEqual({ y: Float32Array.of(9, 12, 1, 2, 10, 12) });
    expect(await run.readState()).toEqual({ total: Float32Array.of(120, 226) });
    await run.run({ x: xs });
    expect(await run.readState()).toEqual({ total: Float32Array.of(140, 252) });
    expect(await failure(run.run({ x }))).toMatchObject({
      code: "shape",
      message: expect.stringContaining("input x: f32[3,1,3]"),
    });
    await run.close();
  });

  test("training by several steps a run gives the bits of one step a run", async () => {
    expect(await severalStepsDifference(engine)).toBe(0);
  });

  test("state given and state read are copies", async () => {
    const total = Float32Array.of(0, 0);
    const run = await engine.compile(accumulator(), { constants: weights, state: { total } });
    total.fill(7);
    const read = await run.readState();
    (read["total"] as Float32Array).fill(8);
    await run.run({ x });
    expect(await run.readState()).toEqual({ total: Float32Array.of(9, 12) });
    await run.close();
  });

  test("without options every input is given and every output returned, under its own name", async () => {
    const run = await engine.compile(accumulator());
    const results = await run.run({ ...weights, x, total: Float32Array.of(1, 1) });
    expect(results).toEqual({ total: Float32Array.of(10, 13), y: Float32Array.of(9, 12) });
    await run.close();
  });

  test("runs that overlap happen in call order and keep their own results", async () => {
    const run = await engine.compile(accumulator(), { constants: weights, state: { total: Float32Array.of(0, 0) } });
    const inputs = Array.from({ length: 10 }, (_, i) => ({ x: Float32Array.of(i, 0, 0) }));
    const results = await Promise.all(inputs.map((input) => run.run(input)));
    expect(results.map(({ y }) => y![0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await run.readState())["total"]![0]).toBe(45);
    await run.close();
  });

  test("outputs that are inputs, constants or the same value twice", async () => {
    const g = new GraphBuilder();
    const a = g.input("a", f32(2));
    const ids = g.input("ids", i32(2));
    const sum = g.add(a, a);
    const constant = g.constant(f32(2), Float32Array.of(5, 6));
    const program = g.finish([
      { name: "sum", value: sum },
      { name: "again", value: sum },
      { name: "a", value: a },
      { name: "ids", value: ids },
      { name: "constant", value: constant },
    ]);
    const run = await engine.compile(program, { state: { a: Float32Array.of(1, 2) } });
    const expected = {
      sum: Float32Array.of(2, 4),
      again: Float32Array.of(2, 4),
      ids: Int32Array.of(3, 4),
      constant: Float32Array.of(5, 6),
    };
    for (let i = 0; i < 3; i++) expect(await run.run({ ids: Int32Array.of(3, 4) })).toEqual(expected);
    expect(await run.readState()).toEqual({ a: Float32Array.of(1, 2) });
    await run.close();
  });

  test("wrong inputs are refused by name and the state stays", async () => {
    const run = await engine.compile(accumulator(), { constants: weights, state: { total: Float32Array.of(0, 0) } });
    expect(await failure(run.run({}))).toMatchObject({
      code: "shape",
      message: expect.stringContaining("input x: f32[1,3], got none"),
    });
    expect(await failure(run.run({ x: new Float32Array(4) }))).toMatchObject({
      code: "shape",
      message: expect.stringContaining("Float32Array of 4 elements"),
    });
    expect(await failure(run.run({ x: new Int32Array(3) }))).toMatchObject({ code: "shape" });
    expect(await failure(run.run({ x: [1, 2, 3] as unknown as Float32Array }))).toMatchObject({ code: "shape" });
    expect(await failure(run.run({ x, w: weights.w }))).toMatchObject({
      code: "shape",
      message: expect.stringContaining("also w"),
    });
    expect(await run.readState()).toEqual({ total: Float32Array.of(0, 0) });
    expect(await run.run({ x })).toEqual({ y: Float32Array.of(9, 12) });
    await run.close();
  });

  test("wrong constants and state are refused", async () => {
    expect(await failure(engine.compile(accumulator(), { constants: { v: x } }))).toMatchObject({
      code: "invalid-argument",
    });
    expect(await failure(engine.compile(accumulator(), { constants: { w: x } }))).toMatchObject({ code: "shape" });
    expect(await failure(engine.compile(accumulator(), { state: { x } }))).toMatchObject({
      code: "shape",
      message: expect.stringContaining("no such output"),
    });
    for (const stepsPerRun of [0, 1.5, -1, NaN]) {
      expect(await failure(engine.compile(accumulator(), { stepsPerRun }))).toMatchObject({
        code: "invalid-argument",
        message: expect.stringContaining("positive integer as stepsPerRun"),
      });
    }
    const nothingGiven = { constants: { ...weights, x }, state: { total: Float32Array.of(0, 0) }, stepsPerRun: 2 };
    expect(await failure(engine.compile(accumulator(), nothingGiven))).toMatchObject({
      code: "invalid-argument",
      message: expect.stringContaining("an input that is neither constant nor state"),
    });
    const both = { total: Float32Array.of(0, 0) };
    expect(await failure(engine.compile(accumulator(), { state: both, constants: both }))).toMatchObject({
      code: "invalid-argument",
    });
  });

  test("shared memory is accepted as input", async () => {
    const run = await engine.compile(accumulator(), { constants: weights, state: { total: Float32Array.of(0, 0) } });
    const shared = new Float32Array(new SharedArrayBuffer(12)).fill(1);
    expect(await run.run({ x: shared })).toEqual({ y: Float32Array.of(9, 12) });
    await run.close();
  });

  test("a closed executable says so; closing twice is fine", async () => {
    const run = await engine.compile(accumulator(), { constants: weights, state: { total: Float32Array.of(0, 0) } });
    await run.close();
    await run.close();
    expect(await failure(run.run({ x }))).toMatchObject({
      code: "engine-failure",
      message: expect.stringContaining("closed"),
    });
    expect(await failure(run.readState())).toMatchObject({ code: "engine-failure" });
  });

  test("closing the engine closes its executables: closing those again is fine, running them says so", async () => {
    const own = await openEngine(name, options);
    const run = await own.compile(accumulator(), { constants: weights, state: { total: Float32Array.of(0, 0) } });
    const last = run.run({ x });
    await own.close();
    await own.close();
    expect(await last).toEqual({ y: Float32Array.of(9, 12) });
    await run.close();
    for (const late of [run.run({ x }), run.readState(), own.compile(accumulator())])
      expect(await failure(late)).toMatchObject({ code: "engine-failure", message: expect.stringContaining("closed") });
  });

  test("a program that is being compiled when the engine is closed is given up", async () => {
    const own = await openEngine(name, options);
    const tensors = tf.memory().numTensors;
    const compiling = failure(own.compile(accumulator(), { constants: weights }));
    await own.close();
    expect(tf.memory().numTensors).toBe(tensors);
    expect(await compiling).toMatchObject({ code: "engine-failure", message: expect.stringContaining("open engine") });
  });
});

test("an engine that fails its probe is closed, and so is the program it was probed with", async () => {
  const engine = await openEngine("tfjs/cpu");
  const tensors = tf.memory().numTensors;
  const broken: Engine = {
    name: "runs nothing",
    compile: async (program) => {
      const executable = await engine.compile(program);
      const run = () => Promise.reject(new Error("no device"));
      return { run, readState: () => executable.readState(), close: () => executable.close() };
    },
    close: () => engine.close(),
  };
  await expect(probe(broken)).rejects.toThrow("no device");
  expect(tf.memory().numTensors).toBe(tensors);
  expect(await failure(engine.compile(accumulator()))).toMatchObject({ message: expect.stringContaining("closed") });
});

test.each([0, 2.5, NaN, 1e9])("%d threads are refused", async (threads) => {
  expect(await failure(openEngine("onnxruntime-node/cpu", { threads }))).toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining("threads: a whole number from 1"),
  });
});

test("an unknown engine is refused with the list of known ones", async () => {
  expect(await failure(openEngine("onnxruntime-node/abacus" as EngineName))).toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining("onnxruntime-node/cuda"),
  });
  expect(await failure(openEngine("tfjs/cpu", { threads: 2 }))).toMatchObject({ code: "invalid-argument" });
});

test("an engine that is not installed names the command that installs it", async () => {
  expect(await failure(openEngine("tfjs/webgpu"))).toMatchObject({
    code: "engine-unavailable",
    message: expect.stringContaining("npm install @tensorflow/tfjs-backend-webgpu"),
  });
});
