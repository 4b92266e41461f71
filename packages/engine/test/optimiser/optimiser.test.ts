import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import {
  adamW,
  adamWSignature,
  clipByGlobalNorm,
  f32,
  movingAverage,
  muon,
  trace,
  type AdamWOptions,
  type AdamWState,
} from "@nextscale/engine";
import { evaluateProgram } from "../../src/reference/evaluate.js";

type Parameters = { readonly weight: tf.Tensor; readonly bias: tf.Tensor };

const signature = { weight: f32(2, 2), bias: f32(2) };

const program = trace(
  (inputs) => {
    const { parameters, gradient, optimiser, rate } = inputs as unknown as {
      parameters: Parameters;
      gradient: Parameters;
      optimiser: AdamWState<Parameters>;
      rate: tf.Tensor;
    };
    const next = adamW(parameters, gradient, optimiser, rate, { betas: [0.9, 0.99], weightDecay: 0.1, epsilon: 1e-6 });
    return { parameters: next.parameters, optimiser: next.state };
  },
  { parameters: signature, gradient: signature, optimiser: adamWSignature(signature), rate: f32() },
);

/** AdamW as printed in Loshchilov and Hutter (2019), algorithm 2, for one number. */
function plainAdamW(
  start: number,
  gradientAt: (step: number) => number,
  steps: number,
  rate: number,
  decay: number,
): number {
  let [value, m, v] = [start, 0, 0];
  for (let t = 1; t <= steps; t++) {
    const g = gradientAt(t);
    m = 0.9 * m + 0.1 * g;
    v = 0.99 * v + 0.01 * g * g;
    value -= rate * (m / (1 - 0.9 ** t) / (Math.sqrt(v / (1 - 0.99 ** t)) + 1e-6) + decay * value);
  }
  return value;
}

test("five steps agree with the printed algorithm; decay falls on matrices only", () => {
  const gradientAt = (t: number) => Math.sin(t) + 0.3;
  const zero = () => ({ weight: new Float64Array(4), bias: new Float64Array(2) });
  let state: Record<string, Float64Array> = {
    "parameters/weight": Float64Array.of(1, -2, 0.5, 3),
    "parameters/bias": Float64Array.of(0.7, -0.7),
    "optimiser/first/weight": zero().weight,
    "optimiser/first/bias": zero().bias,
    "optimiser/second/weight": zero().weight,
    "optimiser/second/bias": zero().bias,
    "optimiser/step": new Float64Array(1),
  };
  for (let t = 1; t <= 5; t++) {
    state = evaluateProgram(program, {
      ...state,
      "gradient/weight": new Float64Array(4).fill(gradientAt(t)),
      "gradient/bias": new Float64Array(2).fill(gradientAt(t)),
      rate: Float64Array.of(0.01),
    });
  }
  const expected = (start: number, decay: number) => plainAdamW(start, gradientAt, 5, 0.01, decay);
  const close = (actual: Float64Array, wanted: number[]) =>
    wanted.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, 6));
  close(state["parameters/weight"]!, [expected(1, 0.1), expected(-2, 0.1), expected(0.5, 0.1), expected(3, 0.1)]);
  close(state["parameters/bias"]!, [expected(0.7, 0), expected(-0.7, 0)]);
});

test("clipping leaves a short gradient alone and shortens a long one to the maximum", () => {
  const clip = trace(({ a, b }) => clipByGlobalNorm({ a, b }, 5), { a: f32(2), b: f32(1) });
  const long = evaluateProgram(clip, { a: Float64Array.of(6, 0), b: Float64Array.of(8) });
  expect([...long["norm"]!]).toEqual([10]);
  expect([...long["clipped/a"]!, ...long["clipped/b"]!]).toEqual([3, 0, 4]);
  const short = evaluateProgram(clip, { a: Float64Array.of(3, 0), b: Float64Array.of(0) });
  expect([...short["clipped/a"]!]).toEqual([3, 0]);
});

test("the moving average keeps its share of the old value", () => {
  const average = trace(({ old, value }) => movingAverage({ x: old }, { x: value }, 0.75), {
    old: f32(1),
    value: f32(1),
  });
  expect([...evaluateProgram(average, { old: Float64Array.of(4), value: Float64Array.of(8) })["x"]!]).toEqual([5]);
});

/** Traces one step of an optimiser for two parameters. */
function attempt(step: (weight: tf.Tensor, bias: tf.Tensor) => unknown): () => unknown {
  return () => trace(({ weight, bias }) => step(weight, bias) as { y: tf.Tensor }, signature);
}
const zeros = (weight: tf.Tensor, bias: tf.Tensor) => ({
  first: { weight, bias },
  second: { weight, bias },
  step: tf.scalar(0),
});
const adam = (options: AdamWOptions) =>
  attempt((weight, bias) => adamW({ weight, bias }, { weight, bias }, zeros(weight, bias), tf.scalar(1), options));

test.each<[string, () => unknown, string]>([
  ["a beta of 1", adam({ betas: [0.9, 1] }), "beta from 0 to below 1, got 1"],
  ["a beta that is no number", adam({ betas: [NaN, 0.9] }), "beta from 0 to below 1, got NaN"],
  ["epsilon 0", adam({ epsilon: 0 }), "a finite epsilon above 0, got 0"],
  ["a negative decay", adam({ weightDecay: -1 }), "a finite weightDecay from 0, got -1"],
  [
    "gradients that lack a leaf",
    attempt((weight, bias) => adamW({ weight, bias }, { weight } as never, zeros(weight, bias), tf.scalar(1))),
    "gradients of the same form, with shape [2] at bias, got none",
  ],
  [
    "gradients with a further leaf",
    attempt((weight, bias) =>
      adamW({ weight, bias }, { weight, bias, more: bias } as never, zeros(weight, bias), tf.scalar(1)),
    ),
    "also more",
  ],
  [
    "moments of another shape",
    attempt((weight, bias) => adamW({ weight, bias }, { weight, bias }, zeros(weight, tf.sum(bias)), tf.scalar(1))),
    "first moments of the same form, with shape [2] at bias, got shape []",
  ],
  [
    "a momentum of 1",
    attempt((w, b) => muon({ w }, { w }, zeros(w, b) as never, w, { orthogonalised: () => true, momentum: 1 })),
    "momentum from 0 to below 1, got 1",
  ],
  [
    "a vector to orthogonalise",
    attempt((weight, bias) => {
      const tree = { weight, bias };
      return muon(tree, tree, zeros(weight, bias), tf.scalar(1), { orthogonalised: () => true });
    }),
    "at least two axes at bias, got shape [2]",
  ],
  ["clipping to nothing", attempt((weight) => clipByGlobalNorm({ weight }, 0)), "a finite maximum above 0, got 0"],
  ["clipping nothing", attempt(() => clipByGlobalNorm({}, 1)), "expected gradients, got none"],
  ["a decay of 1", attempt((weight) => movingAverage(weight, weight, 1)), "decay from 0 to below 1, got 1"],
  [
    "an average of other values",
    attempt((weight, bias) => movingAverage({ weight }, { bias } as never, 0.5)),
    "values of the same form, got also bias",
  ],
])("%s is refused", (_what, refusedCall, message) => {
  expect(refusedCall).toThrow(
    expect.objectContaining({ code: "invalid-argument", message: expect.stringContaining(message) }),
  );
});
