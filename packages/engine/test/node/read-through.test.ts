import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { readThrough } from "../../src/node/read-through.js";

test("a tensor of the state comes back as it is", async () => {
  const read = readThrough((model) => ort.InferenceSession.create(model));
  const values = Float32Array.of(1, -2, 3, NaN, Infinity, 1e-40);
  expect(await read(new ort.Tensor("float32", values, [2, 3]))).toEqual(values);
  expect(await read(new ort.Tensor("int32", Int32Array.of(7), []))).toEqual(Int32Array.of(7));
});
