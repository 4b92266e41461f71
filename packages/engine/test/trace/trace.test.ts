import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { f32, formatProgram, i32, trace, tracedKernels } from "@nextscale/engine";

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

test("shapes that do not broadcast are a typed error", () => {
  const attempt = () => trace(({ a, b }) => tf.add(a, b), { a: f32(2, 3), b: f32(4) });
  expect(attempt).toThrow(expect.objectContaining({ code: "shape", got: "f32[2,3] and f32[4]" }));
});

const anything = (x: unknown) => x as tf.Tensor;
test.each<[string, () => unknown, string]>([
  [
    "an async function",
    () => trace(((x: tf.Tensor) => Promise.resolve(x)) as never, f32(2)),
    "class Promise; do without async",
  ],
  ["a promise in the result", () => trace((x) => ({ y: anything(Promise.resolve(x)) }), f32(2)), "class Promise at y"],
  ["a result without tensors", () => trace(() => anything(new Map()), f32(2)), "class Map"],
  ["a result of nothing", () => trace(() => anything(undefined), f32(2)), "undefined"],
  ["a number as signature", () => trace((x) => anything(x), anything(5) as never), "got 5"],
  ["a number in the signature", () => trace((x) => anything(x), { a: { b: 5 } } as never), "got 5 at a/b"],
  ["an extent that is no whole number", () => trace((x) => x, f32(2.5)), "got float32[2.5]"],
  ["a negative extent", () => trace(({ a }) => a, { a: f32(3, -1) }), "got float32[3,-1] for a"],
  ["more elements than can be counted", () => trace((x) => x, f32(2 ** 30, 2 ** 30)), "got float32["],
  ["an unknown dtype", () => trace((x) => anything(x), { dtype: "float64", shape: [2] } as never), "got float64[2]"],
  [
    "two inputs of one path",
    () => trace((x) => anything(Object.values(x)[0]), { "a/b": f32(), a: { b: f32() } }),
    "two of a/b",
  ],
  ["two outputs of one path", () => trace((x) => ({ "a/b": x, a: { b: x } }), f32()), "two of a/b"],
  ["an empty key", () => trace((x) => ({ "": x }), f32()), "an empty one"],
])("%s is refused", (_what, attempt, message) => {
  expect(attempt).toThrow(
    expect.objectContaining({ code: "invalid-argument", message: expect.stringContaining(message) }),
  );
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
