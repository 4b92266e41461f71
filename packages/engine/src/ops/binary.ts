import type * as tf from "@tensorflow/tfjs-core";
import { broadcastAll } from "../ir/broadcast.js";
import type { GraphBuilder } from "../ir/graph-builder.js";
import type { ValueId } from "../ir/program.js";
import type { Operation } from "./operation.js";
import { mapBroadcast } from "./reference.js";

type Tfjs = typeof tf;

/** Elementwise operations of two broadcast inputs of one dtype, giving that dtype. */
interface ArithmeticRule {
  readonly onnx: string;
  readonly evaluate: (a: number, b: number) => number;
  readonly tfjs: (backend: Tfjs, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  /** Gradients before summing over broadcast axes. */
  readonly gradient: (g: GraphBuilder, a: ValueId, b: ValueId, dy: ValueId, y: ValueId) => readonly [() => ValueId, () => ValueId];
}

function arithmetic(name: string, rule: ArithmeticRule): Operation {
  return {
    infer: ([a, b]) => [{ dtype: a!.dtype, shape: broadcastAll(name, [a!, b!]) }],
    evaluate: ([a, b]) => {
      const type = { dtype: a!.type.dtype, shape: broadcastAll(name, [a!.type, b!.type]) };
      return [mapBroadcast(type, [a!, b!], rule.evaluate)];
    },
    gradient: (g, { inputs, outputs, wanted }, [dy]) => {
      const [a, b] = inputs as [ValueId, ValueId];
      if (dy === null || dy === undefined) return [null, null];
      const [da, db] = rule.gradient(g, a, b, dy, outputs[0]!);
      return [wanted[0] ? g.sumTo(da(), g.shapeOf(a)) : null, wanted[1] ? g.sumTo(db(), g.shapeOf(b)) : null];
    },
    toOnnx: (e, { inputs }) => [e.node(rule.onnx, inputs)],
    toTfjs: (backend, [a, b]) => [rule.tfjs(backend, a!, b!)],
  };
}

/** Add, Sub, Mul, Div, Pow, Maximum, Minimum. At ties Maximum and Minimum give the gradient to the first input. */
export const arithmeticOperations: Readonly<Record<string, Operation>> = {
  Add: arithmetic("Add", {
    onnx: "Add",
    evaluate: (a, b) => a + b,
    tfjs: (t, a, b) => t.add(a, b),
    gradient: (_g, _a, _b, dy) => [() => dy, () => dy],
  }),
  Sub: arithmetic("Sub", {
    onnx: "Sub",
    evaluate: (a, b) => a - b,
    tfjs: (t, a, b) => t.sub(a, b),
    gradient: (g, _a, _b, dy) => [() => dy, () => g.neg(dy)],
  }),
  Mul: arithmetic("Mul", {
    onnx: "Mul",
    evaluate: (a, b) => a * b,
    tfjs: (t, a, b) => t.mul(a, b),
    gradient: (g, a, b, dy) => [() => g.mul(dy, b), () => g.mul(dy, a)],
  }),
  Div: arithmetic("Div", {
    onnx: "Div",
    evaluate: (a, b) => a / b,
    tfjs: (t, a, b) => t.div(a, b),
    gradient: (g, _a, b, dy, y) => [() => g.div(dy, b), () => g.neg(g.div(g.mul(dy, y), b))],
  }),
  Pow: arithmetic("Pow", {
    onnx: "Pow",
    evaluate: (a, b) => Math.pow(a, b),
    tfjs: (t, a, b) => t.pow(a, b),
    gradient: (g, a, b, dy, y) => [
      () => g.mul(dy, g.mul(b, g.emit("Pow", [a, g.sub(b, g.scalar(1))]))),
      () => g.mul(dy, g.mul(y, g.emit("Log", [a]))),
    ],
  }),
  Maximum: arithmetic("Maximum", {
    onnx: "Max",
    evaluate: (a, b) => Math.max(a, b),
    tfjs: (t, a, b) => t.maximum(a, b),
    gradient: (g, a, b, dy) => [
      () => g.mul(dy, g.toFloat(g.emit("GreaterEqual", [a, b]))),
      () => g.mul(dy, g.toFloat(g.emit("Less", [a, b]))),
    ],
  }),
  Minimum: arithmetic("Minimum", {
    onnx: "Min",
    evaluate: (a, b) => Math.min(a, b),
    tfjs: (t, a, b) => t.minimum(a, b),
    gradient: (g, a, b, dy) => [
      () => g.mul(dy, g.toFloat(g.emit("LessEqual", [a, b]))),
      () => g.mul(dy, g.toFloat(g.emit("Greater", [a, b]))),
    ],
  }),
};
