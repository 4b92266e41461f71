import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openTfjs } from "../../src/engines/tfjs.js";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import { f32 } from "../../src/trace/signature.js";
import { trace } from "../../src/trace/trace.js";
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

describe.each(["tfjs/cpu", "tfjs/wasm"] as const)("%s", (name) => {
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

describe("while a backend starts", () => {
  beforeEach(async () => {
    tf.engine().reset();
    await tf.setBackend("cpu");
  });

  test("everything else goes on", async () => {
    const opening = Promise.all([openTfjs("wasm"), openTfjs("wasm")]);
    // So far that the backend has been asked to start.
    await new Promise((resolve) => setTimeout(resolve));
    expect(Object.keys(tf.engine().registry)).toEqual(["cpu"]);
    expect(tf.getBackend()).toBe("cpu");
    expect([...tf.add(tf.tensor1d([1, 2]), 1).dataSync()]).toEqual([2, 3]);
    expect(trace((x) => tf.add(x, 1), f32(2)).nodes).toHaveLength(1);
    const engines = await opening;
    expect(tf.getBackend()).toBe("cpu");
    const input = { x: new Float32Array(16), w: new Float32Array(16) };
    for (const engine of engines) {
      await (await engine.compile(program())).run(input);
      await engine.close();
    }
  });

  test("by somebody else, engines wait and a trace is refused with what to do", async () => {
    const engine = await openTfjs("cpu");
    const executable = await engine.compile(program());
    const input = { x: new Float32Array(16), w: new Float32Array(16) };
    const starting = tf.setBackend("wasm");
    const running = [executable.run(input), engine.compile(program())];
    expect(() => trace((x) => tf.add(x, 1), f32(2))).toThrow(
      expect.objectContaining({ code: "invalid-argument", fix: expect.stringContaining("await tf.ready()") }),
    );
    await Promise.all(running);
    expect(await starting).toBe(true);
    expect(tf.getBackend()).toBe("wasm");
    expect(trace((x) => tf.add(x, 1), f32(2)).nodes).toHaveLength(1);
    await engine.close();
  });
});

test("a backend that does not start is unavailable, and the current one stays", async () => {
  const before = tf.getBackend();
  tf.registerBackend("broken", () => Promise.reject(new Error("no device")));
  await expect(openTfjs("broken")).rejects.toThrow(
    expect.objectContaining({ code: "engine-unavailable", got: "one that does not start here" }),
  );
  expect(tf.getBackend()).toBe(before);
  tf.removeBackend("broken");
});

test("a backend that nobody registered is refused", async () => {
  await expect(openTfjs("abacus")).rejects.toThrow("a tfjs backend registered as abacus");
});
