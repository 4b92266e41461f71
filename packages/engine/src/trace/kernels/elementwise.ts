import type { GraphBuilder } from "../../ir/graph-builder.js";
import type { ValueId } from "../../ir/program.js";
import { toDType } from "../recording-backend.js";
import type { Translation } from "./translation.js";
import type * as tf from "@tensorflow/tfjs-core";

const unary =
  (op: string): Translation =>
  (g, inputs) =>
    g.emit(op, [inputs.get("x")]);

const binary =
  (op: string): Translation =>
  (g, inputs) =>
    g.emit(op, [inputs.get("a"), inputs.get("b")]);

/** 1 where the condition holds. */
function indicator(g: GraphBuilder, op: string, x: ValueId, threshold: number): ValueId {
  return g.toFloat(g.emit(op, [x, g.scalar(threshold)]));
}

/** Kernels that work element by element. */
export const elementwiseKernels: Readonly<Record<string, Translation>> = {
  ...Object.fromEntries(
    [
      ...["Neg", "Abs", "Sign", "Exp", "Log", "Sqrt", "Rsqrt", "Reciprocal", "Square", "Tanh", "Sigmoid", "Softplus"],
      ...["Erf", "Relu", "Sin", "Cos", "Floor", "Ceil", "Round"],
    ].map((name) => [name, unary(name)]),
  ),
  ...Object.fromEntries(
    [
      "Add",
      "Sub",
      "Pow",
      "Maximum",
      "Minimum",
      "Equal",
      "NotEqual",
      "Greater",
      "GreaterEqual",
      "Less",
      "LessEqual",
    ].map((name) => [name, binary(name)]),
  ),
  Multiply: binary("Mul"),
  RealDiv: binary("Div"),
  LogicalAnd: binary("And"),
  LogicalOr: binary("Or"),
  LogicalNot: unary("Not"),
  IsNan: unary("IsNaN"),
  FloorDiv: binary("FloorDiv"),
  Mod: binary("FloorMod"),
  SquaredDifference: (g, inputs) => g.emit("Square", [g.sub(inputs.get("a"), inputs.get("b"))]),
  AddN: (g, inputs) => inputs.all().reduce((sum, value) => g.add(sum, value)),
  Log1p: (g, inputs) => g.emit("Log", [g.add(inputs.get("x"), g.scalar(1))]),
  Expm1: (g, inputs) => g.sub(g.emit("Exp", [inputs.get("x")]), g.scalar(1)),
  Relu6: (g, inputs) => g.emit("Clip", [inputs.get("x")], { min: 0, max: 6 }),
  ClipByValue: (g, inputs, attributes) =>
    g.emit("Clip", [inputs.get("x")], {
      min: attributes.number("clipValueMin"),
      max: attributes.number("clipValueMax"),
    }),
  LeakyRelu: (g, inputs, attributes) =>
    g.emit("Maximum", [inputs.get("x"), g.scale(inputs.get("x"), attributes.number("alpha"))]),
  Elu: (g, inputs) => {
    const x = inputs.get("x");
    const negative = g.sub(g.emit("Exp", [g.emit("Minimum", [x, g.scalar(0)])]), g.scalar(1));
    return g.emit("Where", [g.emit("Greater", [x, g.scalar(0)]), x, negative]);
  },
  Step: (g, inputs, attributes) => {
    const x = inputs.get("x");
    const positive = indicator(g, "Greater", x, 0);
    const alpha = attributes.number("alpha");
    return alpha ? g.add(positive, g.scale(indicator(g, "LessEqual", x, 0), alpha)) : positive;
  },
  Select: (g, inputs) => g.emit("Where", [inputs.get("condition"), inputs.get("t"), inputs.get("e")]),
  Cast: (g, inputs, attributes) => {
    const to = toDType(attributes.text("dtype") as tf.DataType);
    return g.typeOf(inputs.get("x")).dtype === to ? inputs.get("x") : g.emit("Cast", [inputs.get("x")], { to });
  },
  Identity: (_g, inputs) => inputs.get("x"),
  ZerosLike: (g, inputs) => like(g, inputs.get("x"), 0),
  OnesLike: (g, inputs) => like(g, inputs.get("x"), 1),
};

/** A broadcast scalar of another value's type: no dense constant. */
function like(g: GraphBuilder, x: ValueId, fill: number): ValueId {
  return g.expand(g.scalar(fill, g.typeOf(x).dtype), g.shapeOf(x));
}
