import { expect, test } from "vitest";
import { isNextscaleError } from "../../src/errors.js";
import { openEngine } from "../../src/node/open-engine.js";
import { diagnoseEngines, type EngineReport } from "../../src/node/doctor.js";
import { ENGINE_NAMES, type EngineName } from "../../src/node/engine-names.js";
import { measureMatmulRate } from "../../src/node/machine-rate.js";

test("the rate is of the right size and the work is bounded in time", async () => {
  const engine = await openEngine("tfjs/cpu");
  const start = performance.now();
  const rate = await measureMatmulRate(engine, { size: 64, runs: 1_000_000, limit: 1000 });
  expect(performance.now() - start).toBeLessThan(2000);
  // Plain JavaScript on any machine of this century and the next.
  expect(rate).toBeGreaterThan(0.01);
  expect(rate).toBeLessThan(100);
  await engine.close();
});

test.each([
  { size: 0 },
  { size: 1e5 },
  { size: 2.5 },
  { runs: Infinity },
  { runs: 0 },
  { limit: NaN },
  { limit: 1e12 },
])("a measurement with %o is refused", async (options) => {
  const engine = await openEngine("tfjs/cpu");
  await expect(measureMatmulRate(engine, options)).rejects.toSatisfy((error) =>
    isNextscaleError(error, "invalid-argument"),
  );
  await engine.close();
});

test("every engine either has a version and a speed, or a reason", async () => {
  // The slow interpreters would take seconds each.
  const engines = ENGINE_NAMES.filter((name: EngineName) => name !== "tfjs/cpu" && name !== "tfjs/wasm");
  const reports: EngineReport[] = [];
  for await (const report of diagnoseEngines(engines)) reports.push(report);
  expect(reports.map(({ engine }) => engine)).toEqual(engines);
  expect(reports[0]).toMatchObject({
    engine: "onnxruntime-node/cpu",
    loads: true,
    version: expect.stringMatching(/^\d+\.\d+/),
  });
  for (const report of reports) {
    if (report.loads) expect(report.gflops).toBeGreaterThan(0);
    else expect(report.reason).not.toBe("");
  }
  expect(reports.find(({ engine }) => engine === "tfjs/webgpu")).toMatchObject({
    loads: false,
    fix: "npm install @tensorflow/tfjs-backend-webgpu",
  });
});
