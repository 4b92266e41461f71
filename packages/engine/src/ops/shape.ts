import { broadcastShapes } from "../ir/broadcast.js";
import { sizeOf } from "../ir/tensor-type.js";
import { numbersOf } from "./attributes.js";
import { demand } from "./checks.js";
import type { Operation } from "./operation.js";
import { mapBroadcast, pick } from "./reference.js";

/** `Reshape(x, shape)`: the same elements in row-major order. */
const reshape: Operation = {
  infer: ([x], attributes) => {
    const shape = numbersOf(attributes, "shape");
    demand(sizeOf(shape) === sizeOf(x!.shape), "Reshape", `as many elements as [${shape.join(",")}] has`, [x!]);
    return [{ dtype: x!.dtype, shape }];
  },
  evaluate: ([x], attributes) => [
    { type: { dtype: x!.type.dtype, shape: numbersOf(attributes, "shape") }, data: x!.data },
  ],
  gradient: (g, { inputs }, [dy]) => [dy === null ? null : g.reshape(dy!, g.shapeOf(inputs[0]!))],
  // allowzero: a 0 is an extent of zero, not "as in the input".
  toOnnx: (e, { inputs, attributes }) => {
    const shape = numbersOf(attributes, "shape");
    return [e.node("Reshape", [inputs[0]!, e.int64s(shape)], shape.includes(0) ? { allowzero: { int: 1 } } : {})];
  },
  toTfjs: (backend, [x], attributes) => [backend.reshape(x!, [...numbersOf(attributes, "shape")])],
};

/** `Transpose(x, perm)`: output axis i is input axis perm[i]. */
const transpose: Operation = {
  infer: ([x], attributes) => {
    const perm = numbersOf(attributes, "perm");
    const sorted = [...perm].sort((a, b) => a - b);
    demand(
      perm.length === x!.shape.length && sorted.every((axis, i) => axis === i),
      "Transpose",
      `an input of ${perm.length} axes and a permutation of them (got [${perm.join(",")}])`,
      [x!],
    );
    return [{ dtype: x!.dtype, shape: perm.map((axis) => x!.shape[axis]!) }];
  },
  evaluate: ([x], attributes) => {
    const perm = numbersOf(attributes, "perm");
    const inverse = inversePermutation(perm);
    const type = { dtype: x!.type.dtype, shape: perm.map((axis) => x!.type.shape[axis]!) };
    return [pick(type, x!, (index) => inverse.map((axis) => index[axis]!))];
  },
  gradient: (g, { attributes }, [dy]) => [
    dy === null ? null : g.transpose(dy!, inversePermutation(numbersOf(attributes, "perm"))),
  ],
  toOnnx: (e, { inputs, attributes }) => [
    e.node("Transpose", inputs, { perm: { ints: numbersOf(attributes, "perm") } }),
  ],
  toTfjs: (backend, [x], attributes) => [backend.transpose(x!, [...numbersOf(attributes, "perm")])],
};

/** The permutation that undoes `perm`. */
export function inversePermutation(perm: readonly number[]): readonly number[] {
  const inverse = new Array<number>(perm.length);
  perm.forEach((axis, i) => (inverse[axis] = i));
  return inverse;
}

/** `Expand(x, shape)`: broadcasts to `shape`, which must be what x broadcasts to. */
const expand: Operation = {
  infer: ([x], attributes) => {
    const shape = numbersOf(attributes, "shape");
    const broadcast = broadcastShapes(x!.shape, shape);
    demand(
      broadcast !== null && broadcast.length === shape.length && broadcast.every((extent, i) => extent === shape[i]),
      "Expand",
      `an input that broadcasts to [${shape.join(",")}]`,
      [x!],
    );
    return [{ dtype: x!.dtype, shape }];
  },
  evaluate: ([x], attributes) => [
    mapBroadcast({ dtype: x!.type.dtype, shape: numbersOf(attributes, "shape") }, [x!], (element) => element),
  ],
  gradient: (g, { inputs }, [dy]) => [dy === null ? null : g.sumTo(dy!, g.shapeOf(inputs[0]!))],
  toOnnx: (e, { inputs, attributes }) => [e.node("Expand", [inputs[0]!, e.int64s(numbersOf(attributes, "shape"))])],
  toTfjs: (backend, [x], attributes) => [backend.broadcastTo(x!, [...numbersOf(attributes, "shape")])],
};

/** Operations that give the same elements another shape. */
export const shapeOperations: Readonly<Record<string, Operation>> = {
  Reshape: reshape,
  Transpose: transpose,
  Expand: expand,
};
