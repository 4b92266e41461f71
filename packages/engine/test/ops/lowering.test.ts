import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../../src/node/open-engine.js";
import type { Engine } from "../../src/engines/engine.js";
import { typeOf, type Program } from "../../src/ir/program.js";
import { allocate, type NamedArrays, type TensorData } from "../../src/ir/tensor-type.js";
import { toOnnx } from "../../src/onnx/to-onnx.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { arraysOf, programOf } from "./build.js";
import { operationCases, type OperationCase } from "./cases.js";

/** Largest difference relative to 1 + the reference; two NaN are equal. */
function difference(actual: TensorData, expected: Float64Array): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((worst, value, i) => {
    if (Number.isNaN(value) && Number.isNaN(actual[i])) return worst;
    const error = Math.abs(actual[i]! - value) / (1 + Math.abs(value));
    return error <= worst ? worst : error;
  }, 0);
}

/** The example's values in the storage of their type. */
function typedInputs(program: Program, example: OperationCase): NamedArrays {
  const arrays = arraysOf(example);
  return Object.fromEntries(
    program.inputs.map(({ name, value }) => {
      const data = allocate(typeOf(program, value));
      data.set(arrays[name]!);
      return [name, data];
    }),
  );
}

async function check(
  example: OperationCase,
  run: (program: Program, inputs: NamedArrays) => Promise<NamedArrays>,
): Promise<void> {
  const program = programOf(example);
  const actual = await run(program, typedInputs(program, example));
  const expected = evaluateProgram(program, arraysOf(example));
  for (const { name } of program.outputs) expect(difference(actual[name]!, expected[name]!), name).toBeLessThan(2e-5);
}

describe.each(["onnxruntime-node/cpu", "tfjs/cpu", "tfjs/wasm"])("on %s", (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(name);
  });
  afterAll(() => engine.close());

  test.each(operationCases)("$name", async (example) => {
    await check(example, async (program, inputs) => {
      const executable = await engine.compile(program);
      const outputs = await executable.run(inputs);
      await executable.close();
      return outputs;
    });
  });
});

describe("in standard ONNX", () => {
  test.each(operationCases)("$name", async (example) => {
    await check(example, async (program, inputs) => {
      const session = await ort.InferenceSession.create(toOnnx(program, { dialect: "standard" }), {
        logSeverityLevel: 4,
      });
      const feeds = Object.entries(inputs).map(([name, data]) => {
        const { dtype, shape } = typeOf(program, program.inputs.find((input) => input.name === name)!.value);
        return [name, new ort.Tensor(dtype, data as never, shape)] as const;
      });
      const results = await session.run(Object.fromEntries(feeds));
      await session.release();
      return Object.fromEntries(Object.entries(results).map(([key, tensor]) => [key, tensor.data as TensorData]));
    });
  });
});
