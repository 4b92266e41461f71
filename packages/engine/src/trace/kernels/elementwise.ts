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

/*
 * In float32, 1 + x forgets a small x, and so do log(1 + x) and exp(x) - 1. What they miss is added, from x within [-1/2, 1/2]:
 * further out nothing is missing, and infinities would get in the way. It is a matter of rounding, through which no gradient
 * flows: the gradients of the plain forms are exact.
 */

/** log(1 + x) = log(u) + (x - (u - 1)) / u, with u = 1 + x rounded: the second term is what the rounding took. */
function log1p(g: GraphBuilder, x: ValueId): ValueId {
  const one = g.scalar(1);
  const small = g.emit("Clip", [x], { min: -0.5, max: 0.5 });
  const rounded = g.add(small, one);
  const missing = g.div(g.sub(small, g.sub(rounded, one)), rounded);
  return g.add(g.emit("Log", [g.add(x, one)]), g.emit("StopGradient", [missing]));
}

/** e^x - 1 = tanh(x / 2) (e^x + 1), which has no difference of close numbers. */
function expm1(g: GraphBuilder, x: ValueId): ValueId {
  const one = g.scalar(1);
  const plain = (power: ValueId) => g.sub(power, one);
  const small = g.emit("Clip", [x], { min: -0.5, max: 0.5 });
  const power = g.emit("Exp", [small]);
  const exact = g.mul(g.emit("Tanh", [g.scale(small, 0.5)]), g.add(power, one));
  return g.add(plain(g.emit("Exp", [x])), g.emit("StopGradient", [g.sub(exact, plain(power))]));
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
  Log1p: (g, inputs) => log1p(g, inputs.get("x")),
  Expm1: (g, inputs) => expm1(g, inputs.get("x")),
  Relu6: (g, inputs) => g.emit("Clip", [inputs.get("x")], { min: 0, max: 6 }),
  ClipByValue: (g, inputs, attributes) =>
    g.emit("Clip", [inputs.get("x")], {
      min: attributes.number("clipValueMin"),
      max: attributes.number("clipValueMax"),
    }),
  LeakyRelu: (g, inputs, attributes) => {
    const alpha = attributes.number("alpha");
    // Above 1 the slope is the steeper of the two where x is negative.
    return g.emit(alpha > 1 ? "Minimum" : "Maximum", [inputs.get("x"), g.scale(inputs.get("x"), alpha)]);
  },
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
