import { expect, test } from "vitest";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import { openEngine } from "../../src/node/open-engine.js";
import { f32 } from "../../src/trace/signature.js";

test("a run leaves the arithmetic of JavaScript alone, and computes with denormal numbers", async () => {
  const engine = await openEngine();
  const g = new GraphBuilder();
  const x = g.input("x", f32(2));
  const executable = await engine.compile(g.finish([{ name: "y", value: g.mul(x, x) }]));
  const { y } = await executable.run({ x: Float32Array.of(1e-20, 1) });
  expect(y![0]).toBe(Math.fround(Math.fround(1e-20) ** 2));
  expect(Float64Array.of(Number.MIN_VALUE)[0]! * 1).toBeGreaterThan(0);
  await engine.close();
});

test("threads is a whole number from 1", async () => {
  for (const threads of [0, 1.5, -1, NaN]) {
    await expect(openEngine("onnxruntime-node/cpu", { threads })).rejects.toThrow("threads");
  }
  const engine = await openEngine("onnxruntime-node/cpu", { threads: 1 });
  await engine.close();
});
