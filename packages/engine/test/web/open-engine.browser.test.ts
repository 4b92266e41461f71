import "@tensorflow/tfjs-backend-cpu";
import { describe, expect, test } from "vitest";
import type { Engine } from "../../src/engines/engine.js";
import { isNextscaleError } from "../../src/errors.js";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import { f32 } from "../../src/trace/signature.js";
import { openEngine, type WebEngineName } from "../../src/web/open-engine.js";

/** The engine, or null where this browser lacks what it needs; any other failure is one. */
async function openIfPresent(name: WebEngineName): Promise<Engine | null> {
  try {
    return await openEngine(name);
  } catch (error) {
    if (isNextscaleError(error, "engine-unavailable")) return null;
    throw error;
  }
}

/** y = x w, and the state `total` grows by y. */
function accumulator() {
  const g = new GraphBuilder();
  const x = g.input("x", f32(1, 3));
  const w = g.input("w", f32(3, 2));
  const total = g.input("total", f32(1, 2));
  const y = g.matMul(x, w);
  return g.finish([
    { name: "total", value: g.add(total, y) },
    { name: "y", value: y },
    { name: "x", value: x },
  ]);
}

describe.each(["onnxruntime-web/wasm", "onnxruntime-web/webgpu", "tfjs/cpu"] as const)("%s", (name) => {
  test("constants, state and overlapping runs", async ({ skip }) => {
    const engine = await openIfPresent(name);
    if (engine === null) return skip(`needs ${name}`);
    expect(engine.name).toBe(name);
    const executable = await engine.compile(accumulator(), {
      constants: { w: Float32Array.of(1, 2, 3, 4, 5, 6) },
      state: { total: Float32Array.of(100, 200) },
    });
    const inputs = Array.from({ length: 5 }, (_, i) => ({ x: Float32Array.of(i, 0, 1) }));
    const results = await Promise.all(inputs.map((input) => executable.run(input)));
    expect(results.map(({ y }) => Array.from(y!))).toEqual(inputs.map(({ x }) => [x[0]! + 5, 2 * x[0]! + 6]));
    expect(results.map(({ x }) => x)).toEqual(inputs.map(({ x }) => x));
    expect(await executable.readState()).toEqual({ total: Float32Array.of(135, 250) });
    await expect(executable.run({})).rejects.toThrow("input x");
    await executable.close();
    await expect(executable.run(inputs[0]!)).rejects.toThrow("closed");
    await engine.close();
  });

  test("two programs at a time", async ({ skip }) => {
    const engine = await openIfPresent(name);
    if (engine === null) return skip(`needs ${name}`);
    const [a, b] = await Promise.all([engine.compile(accumulator()), engine.compile(accumulator())]);
    const input = { x: Float32Array.of(1, 1, 1), w: new Float32Array(6).fill(1), total: Float32Array.of(1, 2) };
    const [first, second] = await Promise.all([a.run(input), b.run({ ...input, total: Float32Array.of(0, 0) })]);
    expect([first["total"], second["total"]]).toEqual([Float32Array.of(4, 5), Float32Array.of(3, 3)]);
    await engine.close();
  });

  test("closing the engine ends its executables, also one that is being made", async ({ skip }) => {
    const engine = await openIfPresent(name);
    if (engine === null) return skip(`needs ${name}`);
    const made = await engine.compile(accumulator());
    const making = engine.compile(accumulator());
    const closing = engine.close();
    await expect(making).rejects.toThrow("an open engine");
    await closing;
    await made.close();
    await expect(made.readState()).rejects.toThrow("an open executable");
  });
});

test("an unknown engine is refused", async () => {
  await expect(openEngine("onnxruntime-node/cpu" as WebEngineName)).rejects.toThrow("onnxruntime-web/wasm");
});
