import { flagOf, numberOf } from "./attributes.js";
import { demand } from "./checks.js";
import type { Operation } from "./operation.js";
import { sizeOf } from "../ir/tensor-type.js";
import { zeros } from "./reference.js";

/** `CumSum(x, axis, exclusive, reverse)`: running sum along an axis, without the element itself when exclusive. */
export const cumSum: Operation = {
  infer: ([x], attributes) => {
    const axis = numberOf(attributes, "axis");
    demand(x!.dtype !== "bool" && axis < x!.shape.length, "CumSum", `a numeric input with axis ${axis}`, [x!]);
    return [x!];
  },
  evaluate: ([x], attributes) => {
    const axis = numberOf(attributes, "axis");
    const { shape } = x!.type;
    const out = zeros(x!.type);
    const [extent, inner] = [shape[axis]!, sizeOf(shape.slice(axis + 1))];
    for (let start = 0; start < out.data.length; start += extent * inner) {
      for (let column = 0; column < inner; column++) {
        let sum = 0;
        for (let step = 0; step < extent; step++) {
          const at = start + column + inner * (flagOf(attributes, "reverse") ? extent - 1 - step : step);
          out.data[at] = flagOf(attributes, "exclusive") ? sum : sum + x!.data[at]!;
          sum += x!.data[at]!;
        }
      }
    }
    return [out];
  },
  gradient: (g, { attributes }, [dy]) => [
    dy === null ? null : g.emit("CumSum", [dy!], { ...attributes, reverse: !flagOf(attributes, "reverse") }),
  ],
  toOnnx: (e, { inputs, attributes }) => {
    const axis = e.constant({ dtype: "int32", shape: [] }, Int32Array.of(numberOf(attributes, "axis")));
    const flag = (name: string) => ({ int: Number(flagOf(attributes, name)) });
    return [e.node("CumSum", [inputs[0]!, axis], { exclusive: flag("exclusive"), reverse: flag("reverse") })];
  },
  toTfjs: (backend, [x], attributes) => [
    backend.cumsum(x!, numberOf(attributes, "axis"), flagOf(attributes, "exclusive"), flagOf(attributes, "reverse")),
  ],
};
