import { broadcastAll } from "../ir/broadcast.js";
import type { DType } from "../ir/tensor-type.js";
import { ONNX_TYPES } from "../onnx/model.js";
import { numberOf } from "./attributes.js";
import { broadcastInputs } from "./broadcast-lowering.js";
import { demand, demandDType } from "./checks.js";
import type { Operation } from "./operation.js";
import { map, mapBroadcast } from "./reference.js";

/** `Where(condition, a, b)`: a where the bool holds, b elsewhere; all three broadcast. */
const where: Operation = {
  infer: (inputs) => {
    const [condition, a, b] = inputs;
    demand(
      condition!.dtype === "bool" && a!.dtype === b!.dtype,
      "Where",
      "a bool condition and two inputs of one dtype",
      inputs,
    );
    return [{ dtype: a!.dtype, shape: broadcastAll("Where", inputs) }];
  },
  evaluate: (inputs) => {
    const type = {
      dtype: inputs[1]!.type.dtype,
      shape: broadcastAll(
        "Where",
        inputs.map((input) => input.type),
      ),
    };
    return [mapBroadcast(type, inputs, (condition, a, b) => (condition ? a : b))];
  },
  gradient: (g, { inputs, wanted }, [dy]) => {
    if (dy === null) return [null, null, null];
    const [condition, a, b] = inputs;
    const zero = g.scalar(0);
    return [
      null,
      wanted[1] ? g.sumTo(g.emit("Where", [condition!, dy!, zero]), g.shapeOf(a!)) : null,
      wanted[2] ? g.sumTo(g.emit("Where", [condition!, zero, dy!]), g.shapeOf(b!)) : null,
    ];
  },
  toOnnx: (e, node) => [e.node("Where", broadcastInputs(e, node))],
  toTfjs: (backend, [condition, a, b]) => [backend.where(condition!, a!, b!)],
};

const conversions: Readonly<Record<DType, (x: number) => number>> = {
  float32: (x) => x,
  int32: Math.trunc,
  bool: (x) => Number(x !== 0),
};

/** `Cast(x, to)`: float32 to int32 truncates; anything but zero is true. */
const cast: Operation = {
  infer: ([x], { to }) => [{ dtype: to as DType, shape: x!.shape }],
  evaluate: ([x], { to }) => [map(x!, conversions[to as DType], to as DType)],
  gradient: (g, { inputs, attributes }, [dy]) => {
    const same = g.typeOf(inputs[0]!).dtype === "float32" && attributes["to"] === "float32";
    return [same ? dy! : null];
  },
  toOnnx: (e, { inputs, attributes }) => [
    e.node("Cast", inputs, { to: { int: ONNX_TYPES[attributes["to"] as DType] } }),
  ],
  // tfjs' wasm backend makes the bool of an int32 its last byte.
  toTfjs: (backend, [x], { to }) => [
    to === "bool" && x!.dtype !== "bool" ? backend.notEqual(x!, 0) : backend.cast(x!, to as DType),
  ],
};

/** `Clip(x, min, max)`. The gradient passes inside the closed interval. */
const clip: Operation = {
  infer: ([x]) => {
    demandDType("Clip", "float32", [x!]);
    return [x!];
  },
  evaluate: ([x], attributes) => {
    const [min, max] = [numberOf(attributes, "min"), numberOf(attributes, "max")];
    return [map(x!, (element) => Math.min(Math.max(element, min), max))];
  },
  // An element is inside exactly when clipping left it alone: one comparison instead of two and an And.
  gradient: (g, { inputs, outputs }, [dy]) => [
    dy === null ? null : g.mul(dy!, g.toFloat(g.emit("Equal", [inputs[0]!, outputs[0]!]))),
  ],
  toOnnx: (e, { inputs, attributes }) => [
    e.node("Clip", [inputs[0]!, e.scalar(numberOf(attributes, "min")), e.scalar(numberOf(attributes, "max"))]),
  ],
  toTfjs: (backend, [x], attributes) => [
    backend.clipByValue(x!, numberOf(attributes, "min"), numberOf(attributes, "max")),
  ],
};

/** `StopGradient(x)`: x, through which the reverse sweep does not go. Passes remove it. */
const stopGradient: Operation = {
  infer: ([x]) => [x!],
  evaluate: ([x]) => [x!],
  toOnnx: (_e, { inputs }) => [inputs[0]!],
  toTfjs: (backend, [x]) => [backend.clone(x!)],
};

/** Operations that choose or convert elements. */
export const selectionOperations: Readonly<Record<string, Operation>> = {
  Where: where,
  Cast: cast,
  Clip: clip,
  StopGradient: stopGradient,
};
