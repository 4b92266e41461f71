import { describe, expect, test } from "vitest";
import { isNextscaleError } from "../../src/errors.js";
import { openEngine } from "../../src/web/open-engine.js";
import { operationCases } from "../ops/cases.js";
import {
  differingOperations,
  OPERATION_TOLERANCE,
  severalStepsDifference,
  trainingDifference,
  TRAINING_TOLERANCE,
} from "../support/conformance.js";

/* Programs of test/engines/conformance.test.ts on the engines of a browser. */

const oneOfEach = [...new Map(operationCases.map((example) => [example.op, example])).values()];
/** WebGPU in software takes a tenth of a second to prepare each program. */
const few = oneOfEach.filter(({ op }) => ["MatMul", "Conv2D", "Gather", "Softmax", "TopK"].includes(op));

describe.each([
  { name: "onnxruntime-web/wasm", precision: "cpu", examples: oneOfEach },
  { name: "onnxruntime-web/webgpu", precision: "gpu", examples: few },
] as const)("$name", ({ name, precision, examples }) => {
  test("computes operations and follows five steps of training", { timeout: 120_000 }, async ({ skip }) => {
    const engine = await openEngine(name).catch((error: unknown) => {
      if (isNextscaleError(error, "engine-unavailable")) return skip(error.message);
      throw error;
    });
    expect(await differingOperations(engine, OPERATION_TOLERANCE[precision], examples)).toEqual([]);
    expect(await trainingDifference(engine)).toBeLessThan(TRAINING_TOLERANCE[precision]);
    expect(await severalStepsDifference(engine)).toBeLessThan(TRAINING_TOLERANCE[precision]);
    await engine.close();
  });
});
