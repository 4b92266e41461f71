import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import type { Executable } from "../../src/engines/engine.js";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import { openEngine } from "../../src/node/open-engine.js";
import { f32 } from "../../src/trace/signature.js";

const WARM_UP = 500;
const RUNS = 2_000;

/** One step of a small network's training by hand: state of 0.75 MB, so that a leak of one copy a run would take 1.5 GB. */
function step() {
  const g = new GraphBuilder();
  const x = g.input("x", f32(16, 256));
  const w = g.input("w", f32(256, 256));
  const m = g.input("m", f32(256, 256));
  const v = g.input("v", f32(256, 256));
  const y = g.matMul(x, w);
  const gradient = g.matMul(x, g.mul(y, g.scalar(1e-4)), true);
  const nextM = g.add(g.scale(m, 0.9), g.scale(gradient, 0.1));
  const nextV = g.add(g.scale(v, 0.999), g.scale(g.mul(gradient, gradient), 0.001));
  const update = g.div(nextM, g.add(nextV, g.scalar(1)));
  return g.finish([
    { name: "w", value: g.sub(w, g.scale(update, 1e-3)) },
    { name: "m", value: nextM },
    { name: "v", value: nextV },
    { name: "y", value: y },
  ]);
}

/** Growth of the process in MiB over `runs` steps, after a warm-up. */
async function drift(
  executable: Executable,
  runs: number,
  afterRun: () => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  const x = new Float32Array(16 * 256).fill(1);
  for (let i = 0; i < WARM_UP; i++) await executable.run({ x });
  const before = process.memoryUsage().rss;
  for (let i = 0; i < runs; i++) {
    await executable.run({ x });
    await afterRun();
  }
  return (process.memoryUsage().rss - before) / 2 ** 20;
}

const size = 256 * 256;
const state = { w: new Float32Array(size).fill(0.01), m: new Float32Array(size), v: new Float32Array(size) };

/** What JavaScript allocates a run is garbage collected in time; a copy of the state each run would be 1,500 MiB. */
const ALLOWED_MIB = 30;

test.each([
  ["onnxruntime-node/cpu", {}],
  ["onnxruntime-node/cpu", { worker: true }],
] as const)("memory is flat over 2,000 training steps: %s %o", async (name, options) => {
  const engine = await openEngine(name, options);
  expect(await drift(await engine.compile(step(), { state }), RUNS)).toBeLessThan(ALLOWED_MIB);
  await engine.close();
});

/** Runs `make` and says whether what it returns is still held by anyone after a garbage collection. */
async function isHeld(make: () => Promise<object>): Promise<boolean> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const given = new WeakRef(await make());
  // The engine's last promises let go of their arguments when the event loop turns.
  await new Promise((resolve) => setTimeout(resolve, 20));
  collect();
  return given.deref() !== undefined;
}

test.each(["onnxruntime-node/cpu", "tfjs/cpu"] as const)(
  "%s does not keep the arrays it was compiled with",
  async (name) => {
    const engine = await openEngine(name);
    const executables: Executable[] = [];
    const compileWith = async (kind: "constants" | "state") => {
      const w = new Float32Array(size).fill(0.01);
      executables.push(await engine.compile(step(), { [kind]: { w } }));
      return w;
    };
    expect(await isHeld(() => compileWith("constants"))).toBe(false);
    expect(await isHeld(() => compileWith("state"))).toBe(false);
    const control = new Float32Array(1);
    expect(await isHeld(() => Promise.resolve(control))).toBe(true);
    expect([control.length, executables.length]).toEqual([1, 2]);
    await engine.close();
  },
);

test("the measure notices a copy of the state kept each run", async () => {
  const engine = await openEngine();
  const executable = await engine.compile(step(), { state });
  const kept: unknown[] = [];
  const grown = await drift(executable, 400, async () => void kept.push(await executable.readState()));
  expect(grown).toBeGreaterThan(ALLOWED_MIB);
  await engine.close();
});
