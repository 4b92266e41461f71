import type { GraphBuilder } from "../../ir/graph-builder.js";
import type { ValueId } from "../../ir/program.js";
import { sizeOf, type DType } from "../../ir/tensor-type.js";
import { toDType } from "../recording-backend.js";
import type { Translation } from "./translation.js";
import { unsupported } from "./translation.js";
import type * as tf from "@tensorflow/tfjs-core";

/** A slice of `size` elements of one axis. */
function sliceAxis(g: GraphBuilder, x: ValueId, axis: number, start: number, length: number): ValueId {
  const shape = g.shapeOf(x);
  return g.emit("Slice", [x], {
    begin: shape.map((_, i) => (i === axis ? start : 0)),
    size: shape.map((extent, i) => (i === axis ? length : extent)),
  });
}

/** Repetition: a broadcast where the extent is 1, else a broadcast of a new axis folded back in. */
function tile(g: GraphBuilder, x: ValueId, reps: readonly number[]): ValueId {
  const shape = g.shapeOf(x);
  const target = shape.map((extent, i) => extent * reps[i]!);
  if (shape.every((extent, i) => extent === 1 || reps[i] === 1)) return g.expand(x, target);
  const split = g.reshape(
    x,
    shape.flatMap((extent) => [1, extent]),
  );
  const repeated = g.expand(
    split,
    shape.flatMap((extent, i) => [reps[i]!, extent]),
  );
  return g.reshape(repeated, target);
}

function concat(g: GraphBuilder, values: readonly ValueId[], axis: number): ValueId {
  return values.length === 1 ? values[0]! : g.emit("Concat", values, { axis });
}

function insertAxis(shape: readonly number[], axis: number): readonly number[] {
  return [...shape.slice(0, axis), 1, ...shape.slice(axis)];
}

/** Sizes of the pieces of a split, which tfjs gives as a count or as a list with at most one -1. */
function pieceSizes(given: number | readonly number[], extent: number): readonly number[] {
  if (typeof given === "number") return Array.from({ length: given }, () => extent / given);
  const known = given.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return given.map((size) => (size === -1 ? extent - known : size));
}

/** Kernels that move or select elements. */
export const shapeKernels: Readonly<Record<string, Translation>> = {
  Reshape: (g, inputs, attributes) => {
    const x = inputs.get("x");
    const wanted = attributes.numbers("shape");
    const known = wanted.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
    return g.reshape(
      x,
      wanted.map((extent) => (extent === -1 ? sizeOf(g.shapeOf(x)) / known : extent)),
    );
  },
  ExpandDims: (g, inputs, attributes) => {
    const shape = g.shapeOf(inputs.get("input"));
    return g.reshape(inputs.get("input"), insertAxis(shape, attributes.axis("dim", shape.length + 1)));
  },
  Transpose: (g, inputs, attributes) => g.transpose(inputs.get("x"), attributes.numbers("perm")),
  Concat: (g, inputs, attributes) =>
    concat(g, inputs.all(), attributes.axis("axis", g.shapeOf(inputs.all()[0]!).length)),
  Pack: (g, inputs, attributes) => {
    const shape = g.shapeOf(inputs.all()[0]!);
    const axis = attributes.axis("axis", shape.length + 1);
    return concat(
      g,
      inputs.all().map((value) => g.reshape(value, insertAxis(shape, axis))),
      axis,
    );
  },
  Unpack: (g, inputs, attributes) => {
    const x = inputs.get("value");
    const shape = g.shapeOf(x);
    const axis = attributes.axis("axis", shape.length);
    const rest = shape.filter((_, i) => i !== axis);
    return Array.from({ length: shape[axis]! }, (_, i) => g.reshape(sliceAxis(g, x, axis, i, 1), rest));
  },
  SplitV: (g, inputs, attributes) => {
    const x = inputs.get("x");
    const axis = attributes.axis("axis", g.shapeOf(x).length);
    let start = 0;
    return pieceSizes(attributes.get("numOrSizeSplits") as number | number[], g.shapeOf(x)[axis]!).map((size) => {
      start += size;
      return sliceAxis(g, x, axis, start - size, size);
    });
  },
  Slice: (g, inputs, attributes) => {
    const x = inputs.get("x");
    const shape = g.shapeOf(x);
    const begin = shape.map((_, i) => ([attributes.get("begin")].flat()[i] as number | undefined) ?? 0);
    const sizes = [attributes.get("size")].flat() as (number | undefined)[];
    const size = shape.map((extent, i) => (sizes[i] === undefined || sizes[i] === -1 ? extent - begin[i]! : sizes[i]));
    return g.emit("Slice", [x], { begin, size });
  },
  StridedSlice: (g, inputs, attributes) => stridedSlice(g, inputs.get("x"), attributes),
  PadV2: (g, inputs, attributes) => {
    const paddings = attributes.get("paddings") as readonly (readonly [number, number])[];
    return g.emit("Pad", [inputs.get("x")], {
      before: paddings.map(([before]) => before),
      after: paddings.map(([, after]) => after),
      value: attributes.number("constantValue"),
    });
  },
  Reverse: (g, inputs, attributes) => {
    const x = inputs.get("x");
    const axes = attributes.axes("dims", g.shapeOf(x).length);
    return axes.length === 0 ? x : g.emit("Reverse", [x], { axes });
  },
  Tile: (g, inputs, attributes) => tile(g, inputs.get("x"), attributes.numbers("reps")),
  BroadcastTo: (g, inputs, attributes) => g.expand(inputs.get("x"), attributes.numbers("shape")),
  GatherV2: (g, inputs, attributes) => {
    if (attributes.number("batchDims")) {
      throw unsupported(
        "GatherV2 with batchDims",
        "tf.gather without batch dimensions",
        "flatten the batch into the gathered axis",
      );
    }
    const x = inputs.get("x");
    return g.emit("Gather", [x, inputs.get("indices")], { axis: attributes.axis("axis", g.shapeOf(x).length) });
  },
  UnsortedSegmentSum: (g, inputs, attributes) => {
    const ids = inputs.get("segmentIds");
    return g.emit("SegmentSum", [inputs.get("x"), ids], { segments: attributes.number("numSegments") });
  },
  OneHot: (g, inputs, attributes) => {
    const indicator = g.emit("OneHot", [inputs.get("indices")], { depth: attributes.number("depth") });
    const on = attributes.number("onValue");
    const off = attributes.number("offValue");
    const scaled = on === 1 && off === 0 ? indicator : g.add(g.scale(indicator, on - off), g.scalar(off));
    const to = toDType((attributes.get("dtype") as tf.DataType | undefined) ?? "int32");
    return to === "float32" ? scaled : g.emit("Cast", [scaled], { to });
  },
  Fill: (g, _inputs, attributes) => {
    const dtype: DType = toDType((attributes.get("dtype") as tf.DataType | undefined) ?? "float32");
    return g.expand(g.scalar(attributes.number("value"), dtype), attributes.numbers("shape"));
  },
  Range: (g, _inputs, attributes) => {
    const start = attributes.number("start");
    const step = attributes.number("step");
    const count = Math.max(0, Math.ceil((attributes.number("stop") - start) / step));
    const dtype: DType = toDType((attributes.get("dtype") as tf.DataType | undefined) ?? "float32");
    const values = Array.from({ length: count }, (_, i) => start + i * step);
    return g.constant(
      { dtype, shape: [count] },
      dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values),
    );
  },
  LinSpace: (g, _inputs, attributes) => {
    const start = attributes.number("start");
    const count = attributes.number("num");
    const step = count > 1 ? (attributes.number("stop") - start) / (count - 1) : 0;
    return g.constant(
      { dtype: "float32", shape: [count] },
      Float32Array.from({ length: count }, (_, i) => start + i * step),
    );
  },
};

function stridedSlice(g: GraphBuilder, x: ValueId, attributes: Parameters<Translation>[2]): ValueId {
  const shape = g.shapeOf(x);
  const masks = ["beginMask", "endMask", "ellipsisMask", "newAxisMask", "shrinkAxisMask"];
  const [beginMask, endMask, ellipsisMask, newAxisMask, shrinkMask] = masks.map((name) => attributes.number(name));
  const strides = attributes.numbers("strides");
  if (ellipsisMask || newAxisMask || strides.some((stride) => stride < 1)) {
    throw unsupported(
      "StridedSlice",
      "positive strides without ellipsis or new axes",
      "use tf.reverse and tf.expandDims",
    );
  }
  const bound = (given: readonly number[], mask: number, axis: number, fallback: number) => {
    const value = given[axis];
    if (value === undefined || mask & (1 << axis)) return fallback;
    return Math.min(shape[axis]!, Math.max(0, value < 0 ? value + shape[axis]! : value));
  };
  const shrunk = (axis: number) => Boolean(shrinkMask! & (1 << axis));
  const begin = shape.map((_, axis) => bound(attributes.numbers("begin"), beginMask!, axis, 0));
  const end = shape.map((extent, axis) =>
    shrunk(axis) ? begin[axis]! + 1 : bound(attributes.numbers("end"), endMask!, axis, extent),
  );
  const steps = shape.map((_, axis) => strides[axis] ?? 1);
  const size = shape.map((_, axis) => Math.max(0, Math.ceil((end[axis]! - begin[axis]!) / steps[axis]!)));
  const sliced = g.emit(
    "Slice",
    [x],
    steps.some((step) => step !== 1) ? { begin, size, strides: steps } : { begin, size },
  );
  return g.reshape(
    sliced,
    size.filter((_, axis) => !shrunk(axis)),
  );
}
