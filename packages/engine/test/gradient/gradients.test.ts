import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { f32, formatProgram, gradients, i32, isNextscaleError, stopGradient, trace } from "@nextscale/engine";
import { evaluateProgram } from "../../src/reference/evaluate.js";

test("the gradient of a product is two products, recorded after the loss", () => {
  const program = trace(
    ({ x, w }) => {
      const loss = tf.sum(tf.matMul(x, w));
      return gradients(loss, { w });
    },
    { x: f32(4, 3), w: f32(3, 2) },
  );
  expect(formatProgram(program)).toMatch(/MatMul\(%0, %\d+, transposeA=true\): f32\[3,2\]/);
  const x = Float64Array.from({ length: 12 }, (_, i) => i);
  const { w } = evaluateProgram(program, { x, w: new Float64Array(6) });
  expect([...w!]).toEqual([18, 18, 22, 22, 26, 26]);
});

test("a value used twice gets the sum of both gradients", () => {
  const program = trace((x) => gradients(tf.sum(tf.add(tf.mul(x, x), tf.mul(x, 3))), x), f32(2));
  expect([...evaluateProgram(program, { input: Float64Array.of(1, -2) })["output"]!]).toEqual([5, -1]);
});

test("second derivatives work by differentiating a gradient", () => {
  const program = trace((x) => {
    const first = gradients(tf.sum(tf.mul(tf.mul(x, x), x)), x);
    return gradients(tf.sum(first), x);
  }, f32(2));
  expect([...evaluateProgram(program, { input: Float64Array.of(1, -2) })["output"]!]).toEqual([6, -12]);
});

test("nothing flows through stopGradient, nor to values the loss does not depend on", () => {
  const program = trace(({ a, b, c }) => gradients(tf.sum(tf.add(tf.mul(stopGradient(a), b), a)), { a, b, c }), {
    a: f32(2),
    b: f32(2),
    c: f32(3),
  });
  const result = evaluateProgram(program, {
    a: Float64Array.of(2, 3),
    b: Float64Array.of(5, 7),
    c: new Float64Array(3),
  });
  expect([...result["a"]!]).toEqual([1, 1]);
  expect([...result["b"]!]).toEqual([2, 3]);
  expect([...result["c"]!]).toEqual([0, 0, 0]);
});

test("the straight-through estimator copies the gradient past a rounding", () => {
  const program = trace((x) => {
    const rounded = tf.add(x, stopGradient(tf.sub(tf.round(x), x)));
    return gradients(tf.sum(tf.square(rounded)), x);
  }, f32(2));
  expect([...evaluateProgram(program, { input: Float64Array.of(1.4, -2.6) })["output"]!]).toEqual([2, -6]);
});

test("an integer choice cuts the path: no gradient and no error", () => {
  const program = trace(
    ({ x, table }) => gradients(tf.sum(tf.gather(table, tf.argMax<tf.Tensor1D>(x, -1))), { x, table }),
    { x: f32(2, 3), table: f32(3, 2) },
  );
  const result = evaluateProgram(program, { x: Float64Array.of(0, 1, 0, 1, 0, 0), table: new Float64Array(6) });
  expect([...result["x"]!]).toEqual([0, 0, 0, 0, 0, 0]);
  expect([...result["table"]!]).toEqual([1, 1, 1, 1, 0, 0]);
});

test("a power has a gradient where its base or its exponent is zero", () => {
  const program = trace(
    ({ a, b }) => {
      const first = gradients(tf.sum(tf.pow(a, b)), { a, b });
      return { first, second: gradients(tf.sum(tf.add(first.a, first.b)), { a, b }) };
    },
    { a: f32(4), b: f32(4) },
  );
  const result = evaluateProgram(program, { a: Float64Array.of(0, 0, 3, 2), b: Float64Array.of(2, 0, 0, 3) });
  const close = (name: string, expected: number[]) =>
    expected.forEach((value, i) => expect(result[name]![i], `${name}[${i}]`).toBeCloseTo(value, 10));
  close("first/a", [0, 0, 0, 12]);
  close("first/b", [0, 0, Math.log(3), 8 * Math.LN2]);
  // Nothing undefined on the way spreads into the second derivatives.
  expect(Object.values(result).every((values) => values.every((value) => !Number.isNaN(value)))).toBe(true);
});

test("a loss that is no scalar is refused", () => {
  expect(() => trace((x) => gradients(tf.mul(x, x), x), f32(2))).toThrow(/a scalar loss.*\[2\].*tf\.mean/);
});

test("gradients outside a trace say so", () => {
  try {
    gradients(tf.scalar(1), tf.scalar(1));
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "invalid-argument")).toBe(true);
  }
});

test("labels are integers and take no gradient", () => {
  const program = trace(
    ({ logits, labels }) => {
      const picked = tf.mul(tf.oneHot(labels, 3), tf.logSoftmax(logits));
      return gradients(tf.neg(tf.sum(picked)), logits);
    },
    { logits: f32(1, 3), labels: i32(1) },
  );
  const [a, b, c] = evaluateProgram(program, { logits: new Float64Array(3), labels: Float64Array.of(1) })["output"]!;
  expect([a, b, c].map((value) => value!.toFixed(6))).toEqual(["0.333333", "-0.666667", "0.333333"]);
});
