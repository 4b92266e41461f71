import type * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { adamW, adamWSignature, f32, muon, trace, type AdamWState } from "@nextscale/engine";
import { orthogonalise } from "../../src/optimiser/orthogonalise.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";

type Parameters = { readonly hidden: tf.Tensor; readonly head: tf.Tensor };

const ROWS = 4;
const COLUMNS = 6;
const sizes = { hidden: f32(ROWS, COLUMNS), head: f32(ROWS, COLUMNS) };
const signature = { parameters: sizes, gradient: sizes, optimiser: adamWSignature(sizes), rate: f32() };
const options = { betas: [0.9, 0.99], weightDecay: 0.1 } as const;
const orthogonalised = (path: string) => path === "hidden";

const withMuon = traced((p, g, s, rate) => muon(p, g, s, rate, { ...options, orthogonalised }));
const withAdamW = traced((p, g, s, rate) => adamW(p, g, s, rate, options));

function traced(
  update: (...inputs: [Parameters, Parameters, AdamWState<Parameters>, tf.Tensor]) => {
    parameters: Parameters;
    state: AdamWState<Parameters>;
  },
) {
  return trace((inputs) => {
    const { parameters, gradient, optimiser, rate } = inputs;
    const next = update(parameters, gradient, optimiser, rate);
    return { parameters: next.parameters, optimiser: next.state };
  }, signature);
}

const numbers = (count: number, phase: number) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(3 * i + phase));
const matrix = (phase: number) => numbers(ROWS * COLUMNS, phase);

/** What the printed iteration makes of one singular value of a matrix of Frobenius norm `norm`. */
function iterated(value: number, norm: number): number {
  let x = value / norm;
  for (let i = 0; i < 5; i++) x = 3.4445 * x - 4.775 * x ** 3 + 2.0315 * x ** 5;
  return x;
}

test("singular values come near 1, whatever they were, and singular vectors stay", () => {
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  const left = [
    [c, -s],
    [s, c],
  ] as const;
  const right = [
    [2 / 3, 2 / 3, 1 / 3],
    [-1 / 3, 2 / 3, -2 / 3],
  ] as const;
  const compose = (...values: [number, number]) =>
    Float64Array.from({ length: 6 }, (_, i) => {
      const [row, column] = [Math.floor(i / 3), i % 3] as [0 | 1, 0 | 1 | 2];
      return values.reduce((sum, value, k) => sum + value * left[row][k]! * right[k]![column], 0);
    });
  const transposed = (x: Float64Array) =>
    Float64Array.from({ length: 6 }, (_, i) => x[(i % 2) * 3 + Math.floor(i / 2)]!);
  const wide = trace((inputs) => ({ y: orthogonalise(inputs.x) }), { x: f32(2, 3) });
  const tall = trace((inputs) => ({ y: orthogonalise(inputs.x) }), { x: f32(3, 2) });
  for (const [large, small] of [
    [1, 0.9],
    [50, 2],
    [1e-4, 3e-6],
  ] as const) {
    const norm = Math.hypot(large, small);
    const values = [iterated(large, norm), iterated(small, norm)] as [number, number];
    for (const value of values) expect(Math.abs(value - 1)).toBeLessThan(0.35);
    const x = compose(large, small);
    const wanted = compose(...values);
    const got = evaluateProgram(wide, { x })["y"]!;
    // The norm's epsilon is seen where the norm itself is small.
    wanted.forEach((value, i) => expect(got[i]).toBeCloseTo(value, norm < 1e-3 ? 2 : 6));
    const gotTall = evaluateProgram(tall, { x: transposed(x) })["y"]!;
    transposed(Float64Array.from(got)).forEach((value, i) => expect(gotTall[i]).toBeCloseTo(value, 12));
  }
});

test("chosen matrices move along the orthogonalised Nesterov momentum, the rest as under AdamW", () => {
  const hidden = matrix(0);
  let state: Record<string, Float64Array> = {
    "parameters/hidden": hidden,
    "parameters/head": matrix(5),
    "optimiser/first/hidden": matrix(0).fill(0),
    "optimiser/first/head": matrix(0).fill(0),
    "optimiser/second/hidden": matrix(0).fill(0),
    "optimiser/second/head": matrix(0).fill(0),
    "optimiser/step": new Float64Array(1),
  };
  let reference = state;
  let expected = hidden;
  let momentum = matrix(0).fill(0);
  const rate = 0.02;
  const direction = trace((inputs) => ({ y: orthogonalise(inputs.x) }), { x: f32(ROWS, COLUMNS) });
  for (let t = 1; t <= 4; t++) {
    const gradient = matrix(t);
    const inputs = { "gradient/hidden": gradient, "gradient/head": gradient, rate: Float64Array.of(rate) };
    state = evaluateProgram(withMuon, { ...state, ...inputs });
    reference = evaluateProgram(withAdamW, { ...reference, ...inputs });
    momentum = momentum.map((value, i) => 0.95 * value + gradient[i]!);
    const { y } = evaluateProgram(direction, { x: momentum.map((value, i) => gradient[i]! + 0.95 * value) });
    expected = expected.map((value, i) => value * (1 - rate * 0.1) - rate * 0.2 * Math.sqrt(COLUMNS) * y![i]!);
  }
  // Constants of a trace are float32.
  state["parameters/hidden"]!.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 7));
  expect(state["parameters/head"]).toEqual(reference["parameters/head"]);
  expect(state["optimiser/second/head"]).toEqual(reference["optimiser/second/head"]);
  expect(state["optimiser/second/hidden"]!.every((value) => value === 0)).toBe(true);
  // Control: AdamW alone moves the matrix elsewhere.
  expect(Math.abs(reference["parameters/hidden"]![0]! - expected[0]!)).toBeGreaterThan(1e-3);
});

test("a convolution's filter moves as the matrix of its receptive field and channels", () => {
  const [matrixTypes, filterTypes] = [f32(8, 3), f32(2, 2, 2, 3)];
  const step = (type: typeof matrixTypes) =>
    trace(
      (inputs: { w: tf.Tensor; g: tf.Tensor; optimiser: AdamWState<{ w: tf.Tensor }>; rate: tf.Tensor }) => {
        const { w, g, optimiser, rate } = inputs;
        return muon({ w }, { w: g }, optimiser, rate, { ...options, orthogonalised: () => true }).parameters;
      },
      { w: type, g: type, optimiser: adamWSignature({ w: type }), rate: f32() },
    );
  const inputs = {
    w: numbers(24, 1),
    g: numbers(24, 2),
    "optimiser/first/w": numbers(24, 3),
    "optimiser/second/w": new Float64Array(24),
    "optimiser/step": new Float64Array(1),
    rate: Float64Array.of(0.1),
  };
  const moved = evaluateProgram(step(filterTypes), inputs)["w"]!;
  expect(moved).toEqual(evaluateProgram(step(matrixTypes), inputs)["w"]!);
  expect(moved).not.toEqual(inputs.w);
});
