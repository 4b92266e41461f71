import type * as tf from "@tensorflow/tfjs-core";
import { broadcastAll } from "../ir/broadcast.js";
import type { GraphBuilder } from "../ir/graph-builder.js";
import type { ValueId } from "../ir/program.js";
import type { DType } from "../ir/tensor-type.js";
import { broadcastInputs } from "./broadcast-lowering.js";
import { demandOneDType } from "./checks.js";
import type { OnnxEmitter, Operation } from "./operation.js";
import { mapBroadcast } from "./reference.js";

type Tfjs = typeof tf;

/** Elementwise operations of two broadcast inputs of one dtype, giving that dtype. */
interface ArithmeticRule {
  /** float32 and int32 when absent. */
  readonly dtypes?: readonly DType[];
  readonly onnx: (e: OnnxEmitter, a: string, b: string, dtype: DType) => string;
  readonly evaluate: (a: number, b: number) => number;
  readonly tfjs: (backend: Tfjs, a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  /** Gradients before summing over broadcast axes. */
  readonly gradient?: (
    g: GraphBuilder,
    a: ValueId,
    b: ValueId,
    dy: ValueId,
    y: ValueId,
  ) => readonly [() => ValueId, () => ValueId];
}

function arithmetic(name: string, rule: ArithmeticRule): Operation {
  const { gradient } = rule;
  return {
    infer: (inputs) => {
      demandOneDType(name, inputs, rule.dtypes ?? ["float32", "int32"]);
      return [{ dtype: inputs[0]!.dtype, shape: broadcastAll(name, inputs) }];
    },
    evaluate: ([a, b]) => {
      const type = { dtype: a!.type.dtype, shape: broadcastAll(name, [a!.type, b!.type]) };
      return [mapBroadcast(type, [a!, b!], rule.evaluate)];
    },
    ...(gradient === undefined
      ? {}
      : {
          gradient: (g, { inputs, outputs, wanted }, [dy]) => {
            const [a, b] = inputs as [ValueId, ValueId];
            if (dy === null || dy === undefined) return [null, null];
            const [da, db] = gradient(g, a, b, dy, outputs[0]!);
            return [wanted[0] ? g.sumTo(da(), g.shapeOf(a)) : null, wanted[1] ? g.sumTo(db(), g.shapeOf(b)) : null];
          },
        }),
    toOnnx: (e, node) => {
      const [a, b] = broadcastInputs(e, node) as [string, string];
      return [rule.onnx(e, a, b, node.outputTypes[0]!.dtype)];
    },
    toTfjs: (backend, [a, b]) => [rule.tfjs(backend, a!, b!)],
  };
}

const onnx = (opType: string) => (e: OnnxEmitter, a: string, b: string) => e.node(opType, [a, b]);

/** dy where `op(a, b)` holds, 0 elsewhere. */
function masked(g: GraphBuilder, op: string, a: ValueId, b: ValueId, dy: ValueId): ValueId {
  return g.mul(dy, g.toFloat(g.emit(op, [a, b])));
}

const rules: Readonly<Record<string, ArithmeticRule>> = {
  Add: {
    onnx: onnx("Add"),
    evaluate: (a, b) => a + b,
    tfjs: (t, a, b) => t.add(a, b),
    gradient: (_g, _a, _b, dy) => [() => dy, () => dy],
  },
  Sub: {
    onnx: onnx("Sub"),
    evaluate: (a, b) => a - b,
    tfjs: (t, a, b) => t.sub(a, b),
    gradient: (g, _a, _b, dy) => [() => dy, () => g.neg(dy)],
  },
  Mul: {
    onnx: onnx("Mul"),
    evaluate: (a, b) => a * b,
    tfjs: (t, a, b) => t.mul(a, b),
    gradient: (g, a, b, dy) => [() => g.mul(dy, b), () => g.mul(dy, a)],
  },
  Div: {
    dtypes: ["float32"],
    onnx: onnx("Div"),
    evaluate: (a, b) => a / b,
    tfjs: (t, a, b) => t.div(a, b),
    gradient: (g, _a, b, dy, y) => [() => g.div(dy, b), () => g.neg(g.div(g.mul(dy, y), b))],
  },
  Pow: {
    dtypes: ["float32"],
    onnx: onnx("Pow"),
    evaluate: (a, b) => Math.pow(a, b),
    tfjs: (t, a, b) => t.pow(a, b),
    // 0 * infinity is not a number, so what would be infinite where the gradient is 0 is replaced before it is computed.
    gradient: (g, a, b, dy, y) => [
      () => {
        const [zero, one] = [g.scalar(0), g.scalar(1)];
        const exponent = g.sub(g.emit("Where", [g.emit("Equal", [b, zero]), one, b]), one);
        return g.mul(dy, g.mul(b, g.emit("Pow", [a, exponent])));
      },
      () => {
        const base = g.emit("Where", [g.emit("Greater", [a, g.scalar(0)]), a, g.scalar(1)]);
        return g.mul(dy, g.mul(y, g.emit("Log", [base])));
      },
    ],
  },
  Maximum: {
    onnx: onnx("Max"),
    evaluate: (a, b) => Math.max(a, b),
    tfjs: (t, a, b) => t.maximum(a, b),
    gradient: (g, a, b, dy) => [() => masked(g, "GreaterEqual", a, b, dy), () => masked(g, "Less", a, b, dy)],
  },
  Minimum: {
    onnx: onnx("Min"),
    evaluate: (a, b) => Math.min(a, b),
    tfjs: (t, a, b) => t.minimum(a, b),
    gradient: (g, a, b, dy) => [() => masked(g, "LessEqual", a, b, dy), () => masked(g, "Greater", a, b, dy)],
  },
  FloorDiv: {
    // ONNX' integer division truncates; taking the floor-remainder away first makes it exact.
    onnx: (e, a, b, dtype) =>
      dtype === "int32"
        ? e.node("Div", [e.node("Sub", [a, e.node("Mod", [a, b])]), b])
        : e.node("Floor", [e.node("Div", [a, b])]),
    evaluate: (a, b) => Math.floor(a / b),
    tfjs: (t, a, b) => t.floorDiv(a, b),
  },
  FloorMod: {
    onnx: (e, a, b, dtype) =>
      dtype === "int32"
        ? e.node("Mod", [a, b])
        : e.node("Sub", [a, e.node("Mul", [b, e.node("Floor", [e.node("Div", [a, b])])])]),
    evaluate: (a, b) => a - b * Math.floor(a / b),
    tfjs: (t, a, b) => t.mod(a, b),
    gradient: (g, a, b, dy) => [() => dy, () => g.neg(g.mul(dy, g.emit("FloorDiv", [a, b])))],
  },
};

/**
 * Add, Sub, Mul, Div, Pow, Maximum, Minimum, FloorDiv, FloorMod. At ties Maximum and Minimum give the gradient to the first
 * input.
 */
export const arithmeticOperations: Readonly<Record<string, Operation>> = Object.fromEntries(
  Object.entries(rules).map(([name, rule]) => [name, arithmetic(name, rule)]),
);
