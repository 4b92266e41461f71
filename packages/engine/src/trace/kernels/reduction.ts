import type { Translation } from "./translation.js";
import { unsupported } from "./translation.js";

/** Reductions name their axes `axis`, but Max says `reductionIndices`. */
const reduction =
  (op: string, attribute: string): Translation =>
  (g, inputs, attributes) => {
    const x = inputs.get("x");
    const axes = attributes.axes(attribute, g.shapeOf(x).length);
    return axes.length === 0 ? x : g.emit(op, [x], { axes, keepDims: attributes.flag("keepDims") });
  };

/** A bool reduction is a maximum (any) or minimum (all) of zeros and ones. */
const boolReduction =
  (op: string): Translation =>
  (g, inputs, attributes) => {
    const x = inputs.get("x");
    const axes = attributes.axes("axis", g.shapeOf(x).length);
    const reduced = g.emit(op, [g.toFloat(x)], { axes, keepDims: attributes.flag("keepDims") });
    return g.emit("Greater", [reduced, g.scalar(0)]);
  };

const argReduction =
  (op: string): Translation =>
  (g, inputs, attributes) =>
    g.emit(op, [inputs.get("x")], { axis: attributes.axis("axis", g.shapeOf(inputs.get("x")).length) });

/** Softmax kernels work on the last axis, as tfjs itself demands. */
const overLastAxis =
  (op: string, attribute: string): Translation =>
  (g, inputs, attributes) => {
    const x = inputs.get("logits");
    const rank = g.shapeOf(x).length;
    if (attributes.axis(attribute, rank) !== rank - 1) {
      throw unsupported(op, "a softmax over the last axis", "transpose the tensor first");
    }
    return g.emit(op, [x]);
  };

/** Kernels that reduce or normalise along axes. */
export const reductionKernels: Readonly<Record<string, Translation>> = {
  Sum: reduction("Sum", "axis"),
  Mean: reduction("Mean", "axis"),
  Max: reduction("Max", "reductionIndices"),
  Min: reduction("Min", "axis"),
  Prod: reduction("Prod", "axis"),
  Any: boolReduction("Max"),
  All: boolReduction("Min"),
  ArgMax: argReduction("ArgMax"),
  ArgMin: argReduction("ArgMin"),
  Softmax: overLastAxis("Softmax", "dim"),
  LogSoftmax: overLastAxis("LogSoftmax", "axis"),
  Cumsum: (g, inputs, attributes) =>
    g.emit("CumSum", [inputs.get("x")], {
      axis: attributes.axis("axis", g.shapeOf(inputs.get("x")).length),
      exclusive: attributes.flag("exclusive"),
      reverse: attributes.flag("reverse"),
    }),
  TopK: (g, inputs, attributes) => g.emitAll("TopK", [inputs.get("x")], { k: attributes.number("k") }),
};
