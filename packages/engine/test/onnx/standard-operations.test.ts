import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { typeOf } from "../../src/ir/program.js";
import type { TensorData } from "../../src/ir/tensor-type.js";
import { onnxOutputNames, toOnnx } from "../../src/onnx/to-onnx.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { arraysOf, programOf } from "../ops/build.js";
import { operationCases } from "../ops/cases.js";
import { difference, typed } from "../support/compare.js";
import { OPERATION_TOLERANCE } from "../support/conformance.js";

/*
 * Every operation in the operators of the ONNX standard, which files have; engines use further ones and are compared in
 * test/engines/conformance.test.ts.
 */

test.each(operationCases)("$name", async (example) => {
  const program = programOf(example);
  const session = await ort.InferenceSession.create(toOnnx(program), { logSeverityLevel: 4 });
  const arrays = typed(program, arraysOf(example));
  const feeds = program.inputs.map(({ name, value }) => {
    const { dtype, shape } = typeOf(program, value);
    return [name, new ort.Tensor(dtype, arrays[name] as never, shape)] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  const expected = evaluateProgram(program, arraysOf(example));
  const names = onnxOutputNames(program);
  program.outputs.forEach(({ name }, i) => {
    const actual = (results[names[i]!] as ort.Tensor).data as TensorData;
    expect(difference(actual, expected[name]!), name).toBeLessThan(OPERATION_TOLERANCE.cpu);
  });
});
