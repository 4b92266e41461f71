import {
  adamW,
  adamWSignature,
  adamWZeros,
  f32,
  flattenTree,
  gradients,
  i32,
  softmaxCrossEntropy,
  trace,
  type NamedArrays,
} from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { parameterArrays, parameterTypes } from "../../src/refiner/parameters.js";
import { teacherForced } from "../../src/sampling/teacher-forcing.js";
import { toyModel } from "../sampling/toy-model.js";

const ITEMS = 8;
const CODES = 4;

/** Every item its own base code and a fine pattern that only base code, class and place together tell. */
function batch(): { labels: Int32Array; base: Int32Array; fine: Int32Array } {
  const labels = Int32Array.from({ length: ITEMS }, (_, i) => i >> 2);
  const base = Int32Array.from({ length: ITEMS }, (_, i) => i % 4);
  const fine = Int32Array.from(
    { length: ITEMS * 4 },
    (_, j) => (3 * (j >> 4) + (j >> 2) + ((j >> 2) % 4) * (j % 4)) % CODES,
  );
  return { labels, base, fine };
}

test.each(["prefix", "markov"] as const)(
  "a %s transformer learns a batch by heart, and every parameter has a gradient",
  async (context) => {
    const model = toyModel(CODES, context);
    const types = parameterTypes(model.host);
    const program = trace(
      (inputs) => {
        const { params, labels, base, fine, learningRate } = inputs;
        const codes = [base, fine];
        const logits = teacherForced(model, { params, start: model.start(ITEMS), codes, labels });
        const targets = tf.concat([tf.reshape(base, [ITEMS, 1]), tf.reshape(fine, [ITEMS, 4])], 1);
        const nats = softmaxCrossEntropy(tf.reshape(logits, [-1, CODES]), tf.reshape(targets, [-1]));
        // The base codes are uniform given the class: only the fine codes can be learnt by heart.
        const loss = tf.mean(tf.slice(tf.reshape(nats, [ITEMS, 5]), [0, 1], [-1, 4]));
        const gradient = gradients(tf.mean(nats), params);
        const next = adamW(params, gradient, inputs.optimiser, learningRate, { weightDecay: 0 });
        const norms = flattenTree<tf.Tensor>(gradient, (node): node is tf.Tensor => node instanceof tf.Tensor);
        return {
          loss,
          norms: Object.fromEntries(norms.map(([path, tensor]) => [path, tf.max(tf.abs(tensor))])),
          params: next.parameters,
          optimiser: next.state,
        };
      },
      {
        params: types,
        optimiser: adamWSignature(types),
        labels: i32(ITEMS),
        base: i32(ITEMS, 1, 1),
        fine: i32(ITEMS, 2, 2),
        learningRate: f32(),
      },
    );
    const engine = await openEngine();
    const executable = await engine.compile(program, {
      state: { ...parameterArrays(model.host, "params"), ...adamWZeros(types, "optimiser") },
    });
    const inputs: NamedArrays = { ...batch(), learningRate: Float32Array.of(0.015) };
    const first = await executable.run(inputs);
    const initial = first["loss"]?.[0] ?? NaN;
    const untouched = Object.entries(first).filter(([name, norm]) => name.startsWith("norms/") && norm[0] === 0);
    expect(untouched.map(([name]) => name)).toEqual([]);
    let loss = initial;
    for (let step = 0; step < 100; step++) loss = (await executable.run(inputs))["loss"]?.[0] ?? NaN;
    expect(initial).toBeGreaterThan(0.8);
    expect(loss).toBeLessThan(0.1);
    await executable.close();
    await engine.close();
  },
);
