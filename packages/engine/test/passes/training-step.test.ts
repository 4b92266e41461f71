import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, test } from "vitest";
import {
  adamW,
  adamWSignature,
  clipByGlobalNorm,
  f32,
  gelu,
  gradients,
  i32,
  layerNorm,
  softmaxCrossEntropy,
  trace,
} from "@nextscale/engine";
import { typeOf, type Program } from "../../src/ir/program.js";
import { sizeOf } from "../../src/ir/tensor-type.js";
import { optimise } from "../../src/passes/optimise.js";
import { planTiles } from "../../src/tiling/plan.js";
import { evaluateTiles } from "../tiling/evaluate-tiles.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { difference, randomInputs } from "./support.js";

const [BATCH, TOKENS, WIDTH, HEADS, CLASSES] = [4, 5, 6, 2, 3];

const parameters = {
  embedding: f32(CLASSES, WIDTH),
  query: f32(WIDTH, WIDTH),
  key: f32(WIDTH, WIDTH),
  value: f32(WIDTH, WIDTH),
  norm: { scale: f32(WIDTH), bias: f32(WIDTH) },
  up: { weight: f32(WIDTH, 4 * WIDTH), bias: f32(4 * WIDTH) },
  down: f32(4 * WIDTH, CLASSES),
};

const heads = (x: tf.Tensor) => tf.transpose(tf.reshape(x, [BATCH, TOKENS, HEADS, WIDTH / HEADS]), [0, 2, 1, 3]);

/** One attention block, one MLP, cross-entropy; gradients, clipping, AdamW. */
let step: Program;

beforeAll(() => {
  step = trace(
    ({ parameters: p, optimiser, tokens, labels, rate }) => {
      const x = tf.gather(p.embedding, tokens);
      const y = layerNorm(x, p.norm);
      const query = heads(tf.mul(tf.matMul(y, p.query), Math.sqrt(HEADS / WIDTH)));
      const weights = tf.softmax(tf.matMul(query, heads(tf.matMul(y, p.key)), false, true));
      const mixed = tf.transpose(tf.matMul(weights, heads(tf.matMul(y, p.value))), [0, 2, 1, 3]);
      const z = tf.add(x, tf.reshape(mixed, [BATCH * TOKENS, WIDTH]));
      const hidden = gelu(tf.add(tf.matMul(layerNorm(z), p.up.weight), p.up.bias));
      const loss = tf.mean(softmaxCrossEntropy(tf.matMul(hidden, p.down), labels));
      const { clipped, norm } = clipByGlobalNorm(gradients(loss, p), 1);
      return { loss, norm, ...adamW(p, clipped, optimiser, rate) };
    },
    {
      parameters,
      optimiser: adamWSignature(parameters),
      tokens: i32(BATCH * TOKENS),
      labels: i32(BATCH * TOKENS),
      rate: f32(),
    },
  );
});

/** Inputs as a step has them: second moments are not negative, the step count is. */
function inputsOf(program: Program): Record<string, Float64Array> {
  const inputs = randomInputs(program);
  for (const name of Object.keys(inputs)) {
    if (name.startsWith("optimiser/second") || name === "optimiser/step")
      inputs[name] = inputs[name]!.map((x) => x * x + 1);
  }
  return inputs;
}

test("a training step computes the same when optimised, and in tiles", () => {
  const optimised = optimise(step);
  const batch = optimised.inputs.flatMap(({ name, value }) => (name === "tokens" || name === "labels" ? [value] : []));
  const plan = planTiles(optimised, batch, 2)!;
  const inputs = inputsOf(step);
  const expected = evaluateProgram(step, inputs);
  for (const actual of [evaluateProgram(optimised, inputs), evaluateTiles(optimised, plan, inputs)]) {
    for (const [name, values] of Object.entries(expected)) {
      values.forEach((x, i) =>
        expect(Math.abs(actual[name]![i]! - x), `${name}[${i}]`).toBeLessThan(1e-6 * (1 + Math.abs(x))),
      );
    }
  }
});

test("its batch is all in the loop, its update all behind it", () => {
  const optimised = optimise(step);
  const batch = optimised.inputs.flatMap(({ name, value }) => (name === "tokens" || name === "labels" ? [value] : []));
  const plan = planTiles(optimised, batch, 2)!;
  expect(plan.stacked).toEqual([]);
  expect(plan.after.filter(({ op }) => op === "MatMul")).toEqual([]);
  expect(plan.sums.map(({ value }) => sizeOf(typeOf(optimised, value).shape)).sort((a, b) => a - b)[0]).toBe(1);
});

test("attention passes five times over its scores, and only the gradient of the loss is broadcast in memory", () => {
  const { nodes, types } = optimise(step);
  const scores = [BATCH, HEADS, TOKENS, TOKENS].join();
  const made = nodes.filter(({ outputs }) => types.get(outputs[0]!)!.shape.join() === scores).map(({ op }) => op);
  // forward: product, softmax; backward: product, minus row sums, times weights
  expect(made).toEqual(["MatMul", "Softmax", "MatMul", "Sub", "Mul"]);
  expect(nodes.filter(({ op }) => op === "Expand")).toHaveLength(1);
  expect(
    nodes.filter(({ op, attributes }) => op === "MatMul" && attributes["scale"] !== undefined).length,
  ).toBeGreaterThan(1);
});

test("optimising it again changes nothing", () => {
  const optimised = optimise(step);
  expect(optimise(optimised)).toBe(optimised);
  expect(difference(optimised, optimise(optimised))).toBe(0);
});
