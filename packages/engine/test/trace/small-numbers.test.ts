import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { f32, gradients, trace } from "@nextscale/engine";
import type { Engine } from "../../src/engines/engine.js";
import { openEngine } from "../../src/node/open-engine.js";

const small = [1e-30, 1e-8, 5.9e-8, 6.1e-8, 1e-7, 3e-6, 1e-4, 0.01, 0.3, 0.49999, 0.5, 0.7];
const numbers = Float32Array.from([...small, ...small.map((x) => -x), -0.999, 1, 3, 20, 0, -0]);

/** Functions whose plain form loses small numbers, their derivatives, and what they give at the ends of the line. */
const cases = [
  {
    name: "log1p",
    fn: (x: tf.Tensor) => tf.log1p(x),
    value: Math.log1p,
    derivative: (x: number) => 1 / (1 + x),
    ends: [
      [-1, -Infinity],
      [Infinity, Infinity],
      [-2, NaN],
      [NaN, NaN],
      [1e30, Math.log(1e30)],
    ],
  },
  {
    name: "expm1",
    fn: (x: tf.Tensor) => tf.expm1(x),
    value: Math.expm1,
    derivative: Math.exp,
    ends: [
      [-Infinity, -1],
      [Infinity, Infinity],
      [100, Infinity],
      [-100, -1],
      [NaN, NaN],
    ],
  },
] as const;

describe.each(["onnxruntime-node/cpu", "tfjs/cpu", "tfjs/wasm"] as const)("%s", (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await openEngine(name);
  });
  afterAll(() => engine.close());

  const run = async (fn: (x: tf.Tensor) => tf.Tensor, x: Float32Array) => {
    const program = trace((input) => {
      const y = fn(input);
      return { y, slope: gradients(tf.sum(y), input) };
    }, f32(x.length));
    return (await engine.compile(program)).run({ input: x });
  };

  test.each(cases)("$name keeps the digits of small numbers, and so does its gradient", async (example) => {
    const { y, slope } = await run(example.fn, numbers);
    numbers.forEach((x, i) => {
      const [value, derivative] = [example.value(x), example.derivative(x)];
      expect(Math.abs(y![i]! - value), `${example.name}(${x})`).toBeLessThanOrEqual(1e-6 * Math.abs(value));
      expect(Math.abs(slope![i]! - derivative), `slope at ${x}`).toBeLessThanOrEqual(1e-6 * Math.abs(derivative));
    });
  });

  test.each(cases)("$name at the ends of the line", async ({ fn, ends }) => {
    const { y } = await run(
      fn,
      Float32Array.from(ends, ([x]) => x),
    );
    ends.forEach(([, value], i) => {
      if (Number.isFinite(value)) expect(y![i]).toBeCloseTo(value, 4);
      else expect(y![i]).toBe(value);
    });
  });
});

test.each([-0.5, 0, 0.2, 1, 3])("leakyRelu with slope %d", async (alpha) => {
  const engine = await openEngine();
  const program = trace((x) => {
    const y = tf.leakyRelu(x, alpha);
    return { y, slope: gradients(tf.sum(y), x) };
  }, f32(4));
  const { y, slope } = await (await engine.compile(program)).run({ input: Float32Array.of(-2, -1, 0.5, 2) });
  expect(Array.from(y!, (x) => x + 0)).toEqual(Array.from(Float32Array.of(-2 * alpha, -alpha, 0.5, 2), (x) => x + 0));
  expect(Array.from(slope!)).toEqual(Array.from(Float32Array.of(alpha, alpha, 1, 1)));
  await engine.close();
});
