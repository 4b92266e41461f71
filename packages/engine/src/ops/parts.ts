import type { GraphBuilder } from "../ir/graph-builder.js";
import type { Attributes, ValueId } from "../ir/program.js";
import type { TensorType } from "../ir/tensor-type.js";
import { numberOf, numbersOf } from "./attributes.js";
import { demand } from "./checks.js";
import type { Operation, ReferenceTensor } from "./operation.js";
import { forEachIndex, offsetOf, pick, stridesOf, zeros } from "./reference.js";

/** `Concat(x0, x1, ..., axis)`. */
const concat: Operation = {
  infer: (inputs, attributes) => {
    const axis = numberOf(attributes, "axis");
    const [first] = inputs;
    const fits = (type: TensorType) =>
      type.dtype === first!.dtype &&
      type.shape.length === first!.shape.length &&
      type.shape.every((extent, i) => i === axis || extent === first!.shape[i]);
    demand(
      axis < first!.shape.length && inputs.every(fits),
      "Concat",
      `inputs that differ only along axis ${axis}`,
      inputs,
    );
    const total = inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    return [{ dtype: first!.dtype, shape: first!.shape.map((extent, i) => (i === axis ? total : extent)) }];
  },
  evaluate: (inputs, attributes) => {
    const axis = numberOf(attributes, "axis");
    const types = inputs.map(({ type }) => type);
    const [type] = concat.infer(types, attributes);
    const out = zeros(type!);
    starts(types, axis).forEach((start, i) =>
      place(out, inputs[i]!, (index) => index.map((at, k) => (k === axis ? at + start : at))),
    );
    return [out];
  },
  gradient: (g, { inputs, attributes, wanted }, [dy]) => {
    if (dy === null) return inputs.map(() => null);
    const axis = numberOf(attributes, "axis");
    const types = inputs.map((input) => g.typeOf(input));
    return starts(types, axis).map((start, i) => {
      const { shape } = types[i]!;
      return wanted[i]
        ? g.emit("Slice", [dy!], { begin: shape.map((_, k) => (k === axis ? start : 0)), size: shape })
        : null;
    });
  },
  toOnnx: (e, { inputs, attributes }) => [e.node("Concat", inputs, { axis: { int: numberOf(attributes, "axis") } })],
  toTfjs: (backend, inputs, attributes) => [backend.concat([...inputs], numberOf(attributes, "axis"))],
};

/** Where each piece begins along the axis. */
function starts(types: readonly TensorType[], axis: number): readonly number[] {
  let start = 0;
  return types.map(({ shape }) => (start += shape[axis]!) - shape[axis]!);
}

/** Writes the elements of `x` into `out` at `target(index)`. */
function place(
  out: ReferenceTensor,
  x: ReferenceTensor,
  target: (index: readonly number[]) => readonly number[],
): void {
  const strides = stridesOf(out.type.shape);
  forEachIndex(x.type.shape, (index, flat) => {
    out.data[offsetOf(target(index), strides)] = x.data[flat]!;
  });
}

/** Steps of a slice: positive, 1 when absent. */
function stridesOfSlice(attributes: Attributes): readonly number[] {
  return attributes["strides"] === undefined
    ? numbersOf(attributes, "begin").map(() => 1)
    : numbersOf(attributes, "strides");
}

/** `Slice(x, begin, size, strides)`: `size` elements from `begin` in steps of `strides` (positive, 1 when absent). */
const slice: Operation = {
  infer: ([x], attributes) => {
    const [begin, size] = [numbersOf(attributes, "begin"), numbersOf(attributes, "size")];
    const strides = stridesOfSlice(attributes);
    const inside = (extent: number, i: number) =>
      begin[i]! >= 0 &&
      size[i]! >= 0 &&
      strides[i]! > 0 &&
      (size[i] === 0 || begin[i]! + (size[i]! - 1) * strides[i]! < extent);
    demand(
      begin.length === x!.shape.length && x!.shape.every(inside),
      "Slice",
      `an input that holds a slice of size [${size.join(",")}] from [${begin.join(",")}]`,
      [x!],
    );
    return [{ dtype: x!.dtype, shape: size }];
  },
  evaluate: ([x], attributes) => {
    const begin = numbersOf(attributes, "begin");
    const strides = stridesOfSlice(attributes);
    const type = { dtype: x!.type.dtype, shape: numbersOf(attributes, "size") };
    return [pick(type, x!, (index) => index.map((at, i) => begin[i]! + at * strides[i]!))];
  },
  gradient: (g, { inputs, attributes }, [dy]) => [
    dy === null ? null : unslice(g, dy!, g.shapeOf(inputs[0]!), attributes),
  ],
  toOnnx: (e, { inputs, attributes }) => {
    const [begin, size] = [numbersOf(attributes, "begin"), numbersOf(attributes, "size")];
    const strides = stridesOfSlice(attributes);
    const ends = begin.map((start, i) => (size[i] === 0 ? start : start + (size[i]! - 1) * strides[i]! + 1));
    const axes = begin.map((_, i) => i);
    if (axes.length === 0) return [inputs[0]!];
    return [e.node("Slice", [inputs[0]!, e.int64s(begin), e.int64s(ends), e.int64s(axes), e.int64s(strides)])];
  },
  toTfjs: (backend, [x], attributes) => {
    const [begin, size] = [[...numbersOf(attributes, "begin")], [...numbersOf(attributes, "size")]];
    const strides = [...stridesOfSlice(attributes)];
    if (strides.every((stride) => stride === 1)) return [backend.slice(x!, begin, size)];
    const end = begin.map((start, i) => (size[i] === 0 ? start : start + (size[i]! - 1) * strides[i]! + 1));
    return [backend.stridedSlice(x!, begin, end, strides)];
  },
};

/** Zeros of `shape` with `dy` where the slice was. Gaps of a strided slice are the padding of an inserted axis. */
function unslice(g: GraphBuilder, dy: ValueId, shape: readonly number[], attributes: Attributes): ValueId {
  const begin = numbersOf(attributes, "begin");
  const size = numbersOf(attributes, "size");
  const strides = stridesOfSlice(attributes);
  const spread = strides.every((stride) => stride === 1) ? dy : insertGaps(g, dy, strides);
  const extent = size.map((count, i) => (count === 0 ? 0 : (count - 1) * strides[i]! + 1));
  return pad(
    g,
    spread,
    begin,
    shape.map((full, i) => full - begin[i]! - extent[i]!),
  );
}

/** Puts `strides[i] - 1` zeros between neighbours along each axis. */
export function insertGaps(g: GraphBuilder, x: ValueId, strides: readonly number[]): ValueId {
  const shape = g.shapeOf(x);
  const none = shape.flatMap(() => [0, 0]);
  const split = g.reshape(
    x,
    shape.flatMap((extent) => [extent, 1]),
  );
  const padded = pad(
    g,
    split,
    none,
    strides.flatMap((stride) => [0, stride - 1]),
  );
  const merged = g.reshape(
    padded,
    shape.map((extent, i) => extent * strides[i]!),
  );
  const size = shape.map((extent, i) => Math.max(0, (extent - 1) * strides[i]! + 1));
  return g.emit("Slice", [merged], { begin: shape.map(() => 0), size });
}

function pad(g: GraphBuilder, x: ValueId, before: readonly number[], after: readonly number[]): ValueId {
  return [...before, ...after].every((count) => count === 0) ? x : g.emit("Pad", [x], { before, after, value: 0 });
}

/** `Pad(x, before, after, value)`: constant padding. */
const padOperation: Operation = {
  infer: ([x], attributes) => {
    const [before, after] = [numbersOf(attributes, "before"), numbersOf(attributes, "after")];
    demand(
      before.length === x!.shape.length &&
        after.length === before.length &&
        [...before, ...after].every((count) => count >= 0),
      "Pad",
      `an input of ${before.length} axes and no negative padding`,
      [x!],
    );
    return [{ dtype: x!.dtype, shape: x!.shape.map((extent, i) => before[i]! + extent + after[i]!) }];
  },
  evaluate: ([x], attributes) => {
    const before = numbersOf(attributes, "before");
    const [type] = padOperation.infer([x!.type], attributes);
    const out = zeros(type!);
    out.data.fill(numberOf(attributes, "value"));
    place(out, x!, (index) => index.map((at, i) => at + before[i]!));
    return [out];
  },
  gradient: (g, { inputs, attributes }, [dy]) => [
    dy === null
      ? null
      : g.emit("Slice", [dy!], { begin: numbersOf(attributes, "before"), size: g.shapeOf(inputs[0]!) }),
  ],
  toOnnx: (e, { inputs, inputTypes, attributes }) => {
    if (inputTypes[0]!.shape.length === 0) return [inputs[0]!];
    const pads = e.int64s([...numbersOf(attributes, "before"), ...numbersOf(attributes, "after")]);
    const { dtype } = inputTypes[0]!;
    const value = numberOf(attributes, "value");
    if (value === 0) return [e.node("Pad", [inputs[0]!, pads])];
    const data =
      dtype === "float32" ? Float32Array.of(value) : dtype === "int32" ? Int32Array.of(value) : Uint8Array.of(value);
    return [e.node("Pad", [inputs[0]!, pads, e.constant({ dtype, shape: [] }, data)])];
  },
  toTfjs: (backend, [x], attributes) => {
    const after = numbersOf(attributes, "after");
    const paddings = numbersOf(attributes, "before").map((before, i): [number, number] => [before, after[i]!]);
    return [backend.pad(x!, paddings, numberOf(attributes, "value"))];
  },
};

/** `Reverse(x, axes)`: runs backwards along the axes. */
const reverse: Operation = {
  infer: ([x], attributes) => {
    const axes = numbersOf(attributes, "axes");
    demand(
      axes.every((axis) => axis < x!.shape.length),
      "Reverse",
      `an input with axes [${axes.join(",")}]`,
      [x!],
    );
    return [x!];
  },
  evaluate: ([x], attributes) => {
    const axes = numbersOf(attributes, "axes");
    return [pick(x!.type, x!, (index) => index.map((at, i) => (axes.includes(i) ? x!.type.shape[i]! - 1 - at : at)))];
  },
  gradient: (g, { attributes }, [dy]) => [dy === null ? null : g.emit("Reverse", [dy!], attributes)],
  // A slice from the last element with step -1; the end is "before the first", which ONNX spells as a large negative.
  toOnnx: (e, { inputs, attributes }) => {
    const axes = numbersOf(attributes, "axes");
    const each = (value: number) => e.int64s(axes.map(() => value));
    return [e.node("Slice", [inputs[0]!, each(-1), each(-(2 ** 31)), e.int64s(axes), each(-1)])];
  },
  toTfjs: (backend, [x], attributes) => [backend.reverse(x!, [...numbersOf(attributes, "axes")])],
};

/** Operations that take tensors apart and put them together. */
export const partOperations: Readonly<Record<string, Operation>> = {
  Concat: concat,
  Slice: slice,
  Pad: padOperation,
  Reverse: reverse,
};
