import { describe, expect, test } from "vitest";
import { operationCases } from "../ops/cases.js";
import { isNextscaleError } from "../../src/errors.js";
import { openEngine } from "../../src/web/open-engine.js";
import {
  differingOperations,
  OPERATION_TOLERANCE,
  trainingDifference,
  TRAINING_TOLERANCE,
} from "../support/conformance.js";

/* The programs of test/engines/conformance.test.ts on the engines of a browser. */

/** Software WebGPU takes a tenth of a second to prepare a program. */
const oneOfEach = [...new Map(operationCases.map((example) => [example.op, example])).values()];

describe.each([
  ["onnxruntime-web/wasm", "cpu"],
  ["onnxruntime-web/webgpu", "gpu"],
] as const)("%s", (name, precision) => {
  test("computes every operation and follows five steps of training", { timeout: 120_000 }, async ({ skip }) => {
    const engine = await openEngine(name).catch((error: unknown) => {
      if (isNextscaleError(error, "engine-unavailable")) return skip(error.message);
      throw error;
    });
    expect(await differingOperations(engine, OPERATION_TOLERANCE[precision], oneOfEach)).toEqual([]);
    expect(await trainingDifference(engine)).toBeLessThan(TRAINING_TOLERANCE[precision]);
    await engine.close();
  });
});
