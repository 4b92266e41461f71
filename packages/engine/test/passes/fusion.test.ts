import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import type { GraphBuilder } from "../../src/ir/graph-builder.js";
import type { ValueId } from "../../src/ir/program.js";
import { gradients } from "../../src/gradient/gradients.js";
import { reverseSweep } from "../../src/gradient/reverse-sweep.js";
import { gelu, silu } from "../../src/nn/index.js";
import { removeDeadCode } from "../../src/passes/dead-code.js";
import { fuseInPlace, fusePatterns } from "../../src/passes/fusion/fuse.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { f32, i32 } from "../../src/trace/signature.js";
import { trace } from "../../src/trace/trace.js";
import { body, difference, programOf } from "./support.js";

type Fn = (x: tf.Tensor) => tf.Tensor;

const mean = (x: tf.Tensor) => tf.mean(x, -1, true);

/** Ways to write each operation that people use. */
const written: readonly (readonly [string, Fn])[] = [
  ["LayerNorm", (x) => tf.mul(tf.sub(x, mean(x)), tf.rsqrt(tf.add(mean(tf.square(tf.sub(x, mean(x)))), 1e-5)))],
  ["LayerNorm", (x) => tf.div(tf.sub(x, mean(x)), tf.sqrt(tf.add(1e-5, mean(tf.squaredDifference(x, mean(x))))))],
  [
    "LayerNorm",
    (x) => {
      const moments = tf.moments(x, -1, true);
      return tf.div(tf.sub(x, moments.mean), tf.sqrt(tf.add(moments.variance, 1e-5)));
    },
  ],
  [
    "LayerNorm",
    (x) => {
      const centred = tf.sub(x, mean(x));
      return tf.mul(tf.pow(tf.add(mean(tf.mul(centred, centred)), 1e-5), -0.5), centred);
    },
  ],
  ["Gelu", (x) => tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.div(x, Math.SQRT2))))],
  ["Gelu", (x) => tf.mul(x, tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5))],
  ["Gelu", (x) => tf.div(tf.mul(x, tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)), 2)],
  ["Gelu", (x) => tf.mul(x, tf.add(tf.mul(tf.erf(tf.div(x, Math.SQRT2)), 0.5), 0.5))],
  ["Silu", (x) => tf.mul(tf.sigmoid(x), x)],
  ["LogSoftmax", (x) => tf.logSoftmax(x)],
  ["LogSoftmax", (x) => tf.sub(x, tf.log(tf.sum(tf.exp(x), -1, true)))],
];

test.each(written)("%s is recognised, form %$", (op, fn) => {
  const program = trace(fn, f32(4, 6));
  const fused = fusePatterns(program);
  expect(fused.nodes.map((node) => node.op)).toEqual([op]);
  expect(difference(program, fused)).toBeLessThan(1e-7);
});

test("cross-entropy is recognised", () => {
  const program = trace(
    ({ logits, labels }) => tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(labels, 3), tf.logSoftmax(logits)), -1))),
    { logits: f32(5, 3), labels: i32(5) },
  );
  const fused = fusePatterns(program);
  expect(fused.nodes.map((node) => node.op)).toEqual(["CrossEntropy", "Neg", "Mean", "Neg"]);
  expect(difference(program, fused)).toBeLessThan(1e-12);
});

/** Near misses: none of these is the operation it looks like. */
test.each<[string, Fn]>([
  ["tanh approximation of GELU", (x) => tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(tf.div(x, Math.SQRT2))))],
  ["another scale in erf", (x) => tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(x)))],
  ["another factor", (x) => tf.mul(x, tf.add(1, tf.erf(tf.div(x, Math.SQRT2))))],
  ["erf of something else", (x) => tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.div(tf.sin(x), Math.SQRT2))))],
  ["sigmoid of something else", (x) => tf.mul(x, tf.sigmoid(tf.mul(x, 1.5)))],
  [
    "normalisation over the first axis",
    (x) => {
      const moments = tf.moments(x, 0, true);
      return tf.div(tf.sub(x, moments.mean), tf.sqrt(tf.add(moments.variance, 1e-5)));
    },
  ],
  ["root mean square normalisation", (x) => tf.mul(x, tf.rsqrt(tf.add(mean(tf.square(x)), 1e-5)))],
  ["softmax over the first axis", (x) => tf.sub(x, tf.log(tf.sum(tf.exp(x), 0, true)))],
  [
    "variance of something else",
    (x) => tf.mul(tf.sub(x, mean(x)), tf.rsqrt(tf.add(mean(tf.square(tf.sub(tf.sin(x), mean(tf.sin(x))))), 1e-5))),
  ],
])("%s stays as it is", (_name, fn) => {
  const ops = fusePatterns(trace(fn, f32(6, 6))).nodes.map((node) => node.op);
  for (const op of ["LayerNorm", "Gelu", "Silu", "LogSoftmax"]) expect(ops).not.toContain(op);
});

function plainLayerNorm(g: GraphBuilder, x: ValueId): ValueId {
  const centred = g.sub(x, g.mean(x, [1], true));
  return g.mul(centred, g.emit("Rsqrt", [g.add(g.mean(g.emit("Square", [centred]), [1], true), g.scalar(0.01))]));
}

/** sum(weights * layerNorm(x)) by x, with plain operations fused before differentiation or not. */
function gradientOfPlain(fuse: boolean) {
  return programOf((g) => {
    const [x, weights] = [g.input("x", f32(3, 5)), g.input("weights", f32(3, 5))];
    const loss = g.sum(g.mul(plainLayerNorm(g, x), weights), [0, 1]);
    if (fuse) fuseInPlace(g);
    return { loss, gradient: reverseSweep(g, loss, [x])[0]! };
  });
}

test("fusing before differentiation gives plain code the fused gradient", () => {
  const [plain, fused] = [gradientOfPlain(false), removeDeadCode(gradientOfPlain(true))];
  expect(fused.nodes.map((node) => node.op)).toEqual([
    "LayerNorm",
    "Mul",
    "Sum",
    "Reshape",
    "Expand",
    "Mul",
    "LayerNormGrad",
  ]);
  expect(difference(plain, fused)).toBeLessThan(1e-7);
});

test("after differentiation the group stays: its gradient reads the inner values", () => {
  const plain = gradientOfPlain(false);
  expect(fusePatterns(plain).nodes.map((node) => node.op)).not.toContain("LayerNorm");
});

test("fusing in place keeps values that others read", () => {
  const program = programOf((g) => {
    const x = g.input("x", f32(2, 4));
    const y = plainLayerNorm(g, x);
    fuseInPlace(g);
    return { y, again: g.add(y, y) };
  });
  expect(body(removeDeadCode(program))).toEqual([
    "%1, %2 = LayerNorm(%0, epsilon=0.009999999776482582): f32[2,4], f32[2,1]",
    "%3 = Add(%1, %1): f32[2,4]",
    'output "y" = %1',
    'output "again" = %3',
  ]);
});

test("a group stays when the gradient by one of its inner values is asked for", () => {
  const program = trace((x) => {
    const s = tf.sigmoid(x);
    const y = tf.mul(x, s);
    return { byInner: gradients(tf.sum(y), s), byInput: gradients(tf.sum(y), x) };
  }, f32(3));
  const result = evaluateProgram(program, { input: Float64Array.of(1, -2, 3) });
  expect([...result["byInner"]!]).toEqual([1, -2, 3]);
  const fused = evaluateProgram(
    trace((x) => gradients(tf.sum(silu(x)), x), f32(3)),
    { input: Float64Array.of(1, -2, 3) },
  );
  expect(result["byInput"]).toEqual(fused["output"]);
});

test.each<[string, (x: tf.Tensor) => { y: tf.Tensor; inner: tf.Tensor }]>([
  [
    "Silu",
    (x) => {
      const inner = tf.sigmoid(x);
      return { y: tf.mul(x, inner), inner };
    },
  ],
  [
    "LayerNorm",
    (x) => {
      const inner = tf.sub(x, mean(x));
      return { y: tf.mul(inner, tf.rsqrt(tf.add(mean(tf.square(inner)), 1e-5))), inner };
    },
  ],
  [
    "LogSoftmax",
    (x) => {
      const inner = tf.exp(x);
      return { y: tf.sub(x, tf.log(tf.sum(inner, -1, true))), inner };
    },
  ],
])("%s that an earlier gradient fused is taken apart again", (op, fn) => {
  const both = (withInput: boolean) =>
    trace(
      (x) => {
        const { y, inner } = fn(x);
        const loss = tf.sum(tf.square(y));
        const byInput = withInput ? { byInput: gradients(loss, x) } : {};
        return { loss, ...byInput, byInner: gradients(loss, inner) };
      },
      f32(2, 3),
    );
  const inputs = { input: Float64Array.of(1, -2, 3, 0.5, 0.25, -1) };
  const [first, second] = [evaluateProgram(both(false), inputs), evaluateProgram(both(true), inputs)];
  expect(second["byInner"]).toEqual(first["byInner"]);
  expect(second["byInner"]!.some((value) => value !== 0)).toBe(true);
  const ops = removeDeadCode(both(true)).nodes.map((node) => node.op);
  expect(ops).toContain(op === "LogSoftmax" ? "Log" : `${op}Grad`);
});

test("a number spread over more than x makes no activation", () => {
  const program = trace((x) => {
    const half = tf.fill([2, 4], 0.5);
    return tf.mul(half, tf.mul(x, tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)));
  }, f32(4));
  expect(program.types.get(program.outputs[0]!.value)!.shape).toEqual([2, 4]);
  expect(difference(program, fusePatterns(program))).toBeLessThan(1e-7);
  const gradient = trace((x) => {
    const half = tf.fill([2, 4], 0.5);
    return gradients(tf.sum(tf.mul(half, tf.mul(x, tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)))), x);
  }, f32(4));
  const once = trace((x) => gradients(tf.mul(tf.sum(gelu(x)), 2), x), f32(4));
  expect(difference(once, gradient)).toBeLessThan(1e-6);
});

test("gradients() of plain code are the fused ones", () => {
  const program = trace(
    ({ x, labels }) => {
      const centred = tf.sub(x, mean(x));
      const y = tf.mul(centred, tf.rsqrt(tf.add(mean(tf.square(centred)), 1e-5)));
      const hidden = tf.mul(tf.mul(y, 0.5), tf.add(tf.erf(tf.mul(y, Math.SQRT1_2)), 1));
      const loss = tf.neg(tf.mean(tf.sum(tf.mul(tf.oneHot(labels, 6), tf.logSoftmax(hidden)), -1)));
      return { loss, gradient: gradients(loss, x) };
    },
    { x: f32(4, 6), labels: i32(4) },
  );
  const ops = removeDeadCode(program).nodes.map((node) => node.op);
  for (const op of ["LayerNormGrad", "GeluGrad", "CrossEntropyGrad"]) expect(ops).toContain(op);
  for (const op of ["Erf", "Rsqrt", "LogSoftmax", "OneHot"]) expect(ops).not.toContain(op);
});
