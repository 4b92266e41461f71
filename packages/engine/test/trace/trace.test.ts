import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { f32, formatProgram, i32, isNextscaleError, trace, tracedKernels } from "@nextscale/engine";

test("plain tfjs operations work after a trace that was the first use of tfjs", () => {
  trace((x) => tf.add(x, 1), f32(2));
  expect([...tf.add(tf.tensor1d([1, 2]), 1).dataSync()]).toEqual([2, 3]);
});

test("a program prints as one line a node, inputs and outputs named by path", () => {
  const program = trace(
    ({ x, layer }) => {
      const product = tf.matMul(x, layer.weight);
      return { result: { scaled: tf.add(tf.mul(product, 2), layer.bias) } };
    },
    { x: f32(4, 3), layer: { weight: f32(3, 2), bias: f32(2) } },
  );
  expect(formatProgram(program)).toMatchInlineSnapshot(`
    "%0 = input "x": f32[4,3]
    %1 = input "layer/weight": f32[3,2]
    %2 = input "layer/bias": f32[2]
    %4 = constant [2]: f32[]
    %3 = MatMul(%0, %1): f32[4,2]
    %5 = Mul(%3, %4): f32[4,2]
    %6 = Add(%5, %2): f32[4,2]
    output "result/scaled" = %6"
  `);
});

test("a lone tensor is called input and output", () => {
  const program = trace((x) => tf.add(x, x), f32(2));
  expect(program.inputs.map(({ name }) => name)).toEqual(["input"]);
  expect(program.outputs.map(({ name }) => name)).toEqual(["output"]);
});

const reads: Readonly<Record<string, (x: tf.Tensor) => unknown>> = {
  dataSync: (x) => x.dataSync(),
  arraySync: (x) => x.arraySync(),
  print: (x) => x.print(),
  "a branch on a comparison": (x) => ((x as unknown as number) > 0 ? x : tf.neg(x)),
};
for (const [what, read] of Object.entries(reads)) {
  test(`${what} inside a trace is refused with what to do instead`, () => {
    const attempt = () =>
      trace((x) => {
        read(x);
        return x;
      }, f32(3));
    expect(attempt).toThrow(/never reads a value.*got a read of f32\[3\].*tf\.where/);
  });
}

test("reading a constant is no read of a traced value", () => {
  const program = trace((x) => tf.add(x, tf.tensor1d([1, 2]).dataSync()[1]!), f32(2));
  expect(program.nodes).toHaveLength(1);
});

test("an operation without translation is named", () => {
  const attempt = () => trace((x) => tf.atan(x), f32(3));
  expect(attempt).toThrow(/got Atan/);
  expect(tracedKernels()).not.toContain("Atan");
});

test("operations whose tfjs gradient is wrong are refused with a way out", () => {
  const attempt = () => trace((x) => tf.image.resizeBilinear(x as tf.Tensor4D, [4, 4], false, true), f32(1, 2, 2, 1));
  expect(attempt).toThrow(/ResizeBilinear.*matrices/);
});

test("the previous backend is current again after a trace, also after one that failed", () => {
  const before = tf.engine().backendName;
  trace((x) => tf.add(x, 1), f32(2));
  expect(tf.engine().backendName).toBe(before);
  expect(() => trace((x) => tf.atan(x), f32(2))).toThrow();
  expect(tf.engine().backendName).toBe(before);
});

test("uniform constants do not become dense arrays", () => {
  const program = trace((x) => tf.mul(x, tf.ones([100, 100])), f32(100, 100));
  for (const data of program.constants.values()) expect(data.length).toBe(1);
});

test("a trace leaves no tensor behind", () => {
  trace((x) => tf.add(x, 1), f32(2));
  const before = tf.memory().numTensors;
  trace((x) => tf.relu(tf.add(x, tf.tensor1d([1, 2]))), f32(2));
  expect(tf.memory().numTensors).toBe(before);
});

test("errors of shapes come from tfjs itself or are typed", () => {
  try {
    trace(({ a, b }) => tf.add(a, b), { a: f32(2, 3), b: f32(4) });
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "shape") || error instanceof Error).toBe(true);
    expect(String(error)).toMatch(/4/);
  }
});

test("a product of integer matrices is refused", () => {
  const attempt = () => trace((x) => tf.matMul(x, x), i32(2, 2));
  expect(attempt).toThrow(/MatMul: expected inputs of dtype float32, got i32\[2,2\]/);
});

test("gather, one-hot and argmax keep integers integers", () => {
  const program = trace(
    ({ table, ids }) => ({ rows: tf.gather(table, ids as tf.Tensor1D), best: tf.argMax(table, -1) }),
    {
      table: f32(5, 3),
      ids: i32(7),
    },
  );
  const types = program.outputs.map(({ value }) => program.types.get(value));
  expect(types).toEqual([
    { dtype: "float32", shape: [7, 3] },
    { dtype: "int32", shape: [5] },
  ]);
});
