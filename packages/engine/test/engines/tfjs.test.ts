import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, describe, expect, test } from "vitest";
import { openTfjs } from "../../src/engines/tfjs.js";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import { f32 } from "../../src/trace/signature.js";
import { openEngine } from "../../src/node/open-engine.js";

function program() {
  const g = new GraphBuilder();
  const x = g.input("x", f32(4, 4));
  const w = g.input("w", f32(4, 4));
  const y = g.matMul(x, g.mul(w, g.scalar(0.5)), true, true);
  const unused = g.add(y, y);
  g.mul(unused, unused);
  return g.finish([
    { name: "w", value: g.add(w, g.mul(y, g.scalar(1e-3))) },
    { name: "y", value: y },
    { name: "x", value: x },
  ]);
}

describe.each(["tfjs/cpu", "tfjs/wasm"])("%s", (name) => {
  test("every tensor is disposed", async () => {
    const engine = await openEngine(name);
    const before = tf.memory().numTensors;
    const executable = await engine.compile(program(), { state: { w: new Float32Array(16).fill(1) } });
    const x = new Float32Array(16).fill(1);
    await executable.run({ x });
    const after = tf.memory().numTensors;
    for (let i = 0; i < 100; i++) await executable.run({ x });
    expect(tf.memory().numTensors).toBe(after);
    expect(after).toBeGreaterThan(before);
    await executable.close();
    expect(tf.memory().numTensors).toBe(before);
    await engine.close();
  });
});

describe("the backend that was current", () => {
  beforeAll(() => openEngine("tfjs/wasm"));

  test("is current again after opening and running", async () => {
    await tf.setBackend("cpu");
    const engine = await openEngine("tfjs/wasm");
    expect(tf.getBackend()).toBe("cpu");
    const executable = await engine.compile(program());
    const running = executable.run({ x: new Float32Array(16), w: new Float32Array(16) });
    expect(tf.getBackend()).toBe("cpu");
    await running;
    expect(tf.getBackend()).toBe("cpu");
    await engine.close();
  });

  test("is tfjs' own choice when nothing was chosen before", async () => {
    tf.engine().reset();
    expect(tf.engine().backendName).toBeFalsy();
    const engine = await openTfjs("cpu");
    const executable = await engine.compile(program());
    await executable.run({ x: new Float32Array(16), w: new Float32Array(16) });
    // Priority 2 of wasm is above priority 1 of cpu.
    expect(tf.getBackend()).toBe("wasm");
    expect(Array.from(await tf.add(1, 2).data())).toEqual([3]);
    await engine.close();
  });
});

test("a backend that nobody registered is refused", async () => {
  await expect(openTfjs("abacus")).rejects.toThrow("a tfjs backend registered as abacus");
});
