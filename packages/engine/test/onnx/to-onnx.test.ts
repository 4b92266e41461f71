import { expect, test } from "vitest";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import { decodeModel } from "./decode-model.js";
import { onnxOutputNames, toOnnx } from "../../src/onnx/to-onnx.js";
import { f32 } from "../../src/trace/signature.js";

function step() {
  const g = new GraphBuilder();
  const w = g.input("params/w", f32(2, 2));
  const x = g.input("x", f32(2, 2));
  const y = g.matMul(x, w, true);
  const half = () => g.scalar(0.5);
  return g.finish([
    { name: "params/w", value: g.mul(g.mul(w, half()), half()) },
    { name: "loss", value: g.mul(y, half()) },
    { name: "x", value: x },
  ]);
}

test("names are kept; an output called like an input is next/<name>", () => {
  const { graph } = decodeModel(toOnnx(step(), { dialect: "standard" }));
  expect(graph.inputs.map(({ name }) => name)).toEqual(["params/w", "x"]);
  expect(graph.outputs.map(({ name }) => name)).toEqual(["next/params/w", "loss", "next/x"]);
  expect(onnxOutputNames(step())).toEqual(["next/params/w", "loss", "next/x"]);
  const defined = [...graph.inputs, ...graph.initialisers]
    .map(({ name }) => name)
    .concat(graph.nodes.flatMap(({ outputs }) => outputs));
  expect(new Set(defined).size).toBe(defined.length);
});

test("equal constants are one initialiser", () => {
  const { graph } = decodeModel(toOnnx(step(), { dialect: "standard" }));
  expect(graph.initialisers.map(({ dims, bytes }) => [dims, Array.from(bytes)])).toEqual([[[], [0, 0, 0, 0x3f]]]);
});

test("constants given for inputs keep their name and are no inputs", () => {
  const w = Float32Array.of(1, 2, 3, 4);
  const { graph, metadata } = decodeModel(
    toOnnx(step(), { dialect: "standard", constants: { "params/w": w }, metadata: { seed: "1" } }),
  );
  expect(graph.inputs.map(({ name }) => name)).toEqual(["x"]);
  const stored = graph.initialisers.find(({ name }) => name === "params/w");
  expect(stored?.bytes).toEqual(new Uint8Array(w.buffer));
  expect(metadata).toEqual({ seed: "1" });
  expect(() => toOnnx(step(), { dialect: "standard", constants: { v: w } })).toThrow("got v");
  for (const x of [new Float32Array(3), new Float64Array(4), new Int32Array(4), [1, 2, 3, 4]] as Float32Array[])
    expect(() => toOnnx(step(), { constants: { x } })).toThrow(
      expect.objectContaining({ code: "shape", expected: "input x: f32[2,2]" }),
    );
});

test("the standard dialect uses the standard operators only, the other ONNX Runtime's", () => {
  const g = new GraphBuilder();
  const a = g.input("a", f32(3, 2, 2));
  const program = g.finish([{ name: "y", value: g.matMul(a, a, true) }]);
  const standard = decodeModel(toOnnx(program));
  expect(toOnnx(program, { dialect: "standard" })).toEqual(toOnnx(program));
  const fused = decodeModel(toOnnx(program, { dialect: "onnxruntime" }));
  expect(standard.opsets).toEqual({ "": 20 });
  expect(standard.graph.nodes.map(({ opType }) => opType)).toEqual(["Transpose", "MatMul"]);
  expect(fused.opsets).toEqual({ "": 20, "com.microsoft": 1 });
  expect(fused.graph.nodes.map(({ opType }) => opType)).toEqual(["FusedMatMul"]);
});

test("nodes that reach no output are left out", () => {
  const g = new GraphBuilder();
  const a = g.input("a", f32(2));
  g.mul(a, a);
  const program = g.finish([{ name: "y", value: g.add(a, a) }]);
  expect(decodeModel(toOnnx(program, { dialect: "onnxruntime" })).graph.nodes.map(({ opType }) => opType)).toEqual([
    "Add",
  ]);
});

test.each([
  ["leading axes", [4, 3, 2], [0, 1], ["Reshape", "Expand", "MatMul"]],
  ["rows", [4, 3], [0], ["Expand", "MatMul"]],
  ["the last axis", [4, 3], [1], ["ReduceSum"]],
  ["everything", [4, 3], [0, 1], ["ReduceSum"]],
] as const)("sums of %s: a product with ones where ONNX Runtime is faster so", (_what, shape, axes, operators) => {
  const g = new GraphBuilder();
  const sum = g.finish([{ name: "y", value: g.emit("Sum", [g.input("x", f32(...shape))], { axes, keepDims: false }) }]);
  const operatorsIn = (dialect: "standard" | "onnxruntime") =>
    decodeModel(toOnnx(sum, { dialect })).graph.nodes.map(({ opType }) => opType);
  expect(operatorsIn("onnxruntime").filter((name) => name !== "Identity")).toEqual(operators);
  expect(operatorsIn("standard").filter((name) => name !== "Identity")).toEqual(["ReduceSum"]);
});
