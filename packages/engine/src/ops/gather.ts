import type { GraphBuilder } from "../ir/graph-builder.js";
import type { ValueId } from "../ir/program.js";
import { sizeOf, type TensorType } from "../ir/tensor-type.js";
import { numberOf } from "./attributes.js";
import { demand, demandDType } from "./checks.js";
import type { LoweringNode, OnnxEmitter, Operation } from "./operation.js";
import { pick, zeros } from "./reference.js";

/** `Gather(x, indices, axis)`: rows of an axis by index; shape x[:axis] + indices + x[axis+1:]. Indices in [0, extent). */
const gather: Operation = {
  infer: (inputs, attributes) => {
    const [x, indices] = inputs;
    const axis = numberOf(attributes, "axis");
    demand(
      indices!.dtype === "int32" && axis < x!.shape.length,
      "Gather",
      `an input with axis ${axis} and int32 indices`,
      inputs,
    );
    return [{ dtype: x!.dtype, shape: [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)] }];
  },
  evaluate: ([x, indices], attributes) => {
    const axis = numberOf(attributes, "axis");
    const [type] = gather.infer([x!.type, indices!.type], attributes);
    const rank = indices!.type.shape.length;
    const extents = indices!.type.shape;
    return [
      pick(type!, x!, (index) => {
        const at = index.slice(axis, axis + rank).reduce((flat, position, i) => flat * extents[i]! + position, 0);
        return [...index.slice(0, axis), indices!.data[at]!, ...index.slice(axis + rank)];
      }),
    ];
  },
  gradient: (g, { inputs, attributes }, [dy]) => {
    if (dy === null) return [null, null];
    return [scatter(g, dy!, inputs[1]!, g.shapeOf(inputs[0]!), numberOf(attributes, "axis")), null];
  },
  toOnnx: (e, { inputs, attributes }) => [e.node("Gather", inputs, { axis: { int: numberOf(attributes, "axis") } })],
  toTfjs: (backend, [x, indices], attributes) => [backend.gather(x!, indices!, numberOf(attributes, "axis"))],
};

/** Adds the rows of `dy` up at their indices: the gathered axis goes first, is summed by segment and goes back. */
function scatter(g: GraphBuilder, dy: ValueId, indices: ValueId, shape: readonly number[], axis: number): ValueId {
  const indexShape = g.shapeOf(indices);
  const count = sizeOf(indexShape);
  const flat = g.reshape(dy, [...shape.slice(0, axis), count, ...shape.slice(axis + 1)]);
  const toFront = [axis, ...shape.keys()].filter((at, i) => i === 0 || at !== axis);
  const rows = g.emit("SegmentSum", [g.transpose(flat, toFront), g.reshape(indices, [count])], {
    segments: shape[axis]!,
  });
  return g.transpose(
    rows,
    shape.map((_, i) => (i === axis ? 0 : i < axis ? i + 1 : i)),
  );
}

/** `SegmentSum(x [n, ...], ids int32 [n], segments)`: out[s] = sum of x[i] with ids[i] = s. Ids outside [0, segments) drop. */
const segmentSum: Operation = {
  infer: (inputs, attributes) => {
    const [x, ids] = inputs;
    demand(
      x!.dtype === "float32" && ids!.dtype === "int32" && ids!.shape.length === 1 && x!.shape[0] === ids!.shape[0],
      "SegmentSum",
      "rows [n, ...] and int32 ids [n]",
      inputs,
    );
    return [{ dtype: "float32", shape: [numberOf(attributes, "segments"), ...x!.shape.slice(1)] }];
  },
  evaluate: ([x, ids], attributes) => {
    const segments = numberOf(attributes, "segments");
    const row = x!.type.shape.slice(1);
    const width = sizeOf(row);
    const out = zeros({ dtype: "float32", shape: [segments, ...row] });
    ids!.data.forEach((id, i) => {
      if (id < 0 || id >= segments) return;
      for (let j = 0; j < width; j++) out.data[id * width + j]! += x!.data[i * width + j]!;
    });
    return [out];
  },
  // Dropped rows read a row of zeros put behind the segments: cheaper than masking all rows.
  gradient: (g, { inputs, attributes }, [dy]) => {
    if (dy === null) return [null, null];
    const segments = numberOf(attributes, "segments");
    const ids = inputs[1]!;
    const shape = g.shapeOf(dy!);
    const padded = g.emit("Pad", [dy!], {
      before: shape.map(() => 0),
      after: shape.map((_, i) => Number(i === 0)),
      value: 0,
    });
    const [first, behind] = [g.scalar(0, "int32"), g.scalar(segments, "int32")];
    const known = g.emit("And", [g.emit("GreaterEqual", [ids, first]), g.emit("Less", [ids, behind])]);
    return [g.emit("Gather", [padded, g.emit("Where", [known, ids, behind])], { axis: 0 }), null];
  },
  toOnnx: (e, node) => [lowerSegmentSum(e, node)],
  toTfjs: (backend, [x, ids], attributes) => {
    const [n, ...row] = x!.shape;
    const places = backend.cast(backend.oneHot(ids!, numberOf(attributes, "segments")), "float32");
    const sums = backend.matMul(places, backend.reshape(x!, [n, sizeOf(row)]), true, false);
    return [backend.reshape(sums, [numberOf(attributes, "segments"), ...row])];
  },
};

/**
 * Up to so many segments the product with the one-hot matrix is the faster way on two threads (rows [6656, 192], one thread:
 * 10.6 ms for 256 segments, 18 ms for 512); above, adding elements one by one (12 ms, one thread at any number).
 */
const MOST_SEGMENTS_BY_PRODUCT = 512;

function lowerSegmentSum(e: OnnxEmitter, { inputs, inputTypes, outputTypes, attributes }: LoweringNode): string {
  const [x, ids] = inputs as [string, string];
  const segments = numberOf(attributes, "segments");
  const [rows, ...row] = inputTypes[0]!.shape as [number, ...number[]];
  const width = sizeOf(row);
  const matrix = row.length === 1 ? x : e.node("Reshape", [x, e.int64s([rows, width])]);
  const sums =
    segments <= MOST_SEGMENTS_BY_PRODUCT
      ? e.node("Gemm", [oneHot(e, ids, inputTypes[1]!, segments), matrix], { transA: { int: 1 } })
      : addOneByOne(e, matrix, ids, [rows, segments, width]);
  return row.length === 1 ? sums : e.node("Reshape", [sums, e.int64s(outputTypes[0]!.shape)]);
}

/**
 * By ScatterElements, with one row more for what is dropped. Not by ScatterND, which would take 0.3 ms: ONNX Runtime 1.30
 * runs its additions in parallel without locks and loses some (found with 8 threads and a single segment).
 */
function addOneByOne(e: OnnxEmitter, matrix: string, ids: string, [rows, segments, width]: readonly [number, number, number]): string {
  const integer = (value: number) => e.constant({ dtype: "int32", shape: [] }, Int32Array.of(value));
  const known = e.node("And", [e.node("GreaterOrEqual", [ids, integer(0)]), e.node("Less", [ids, integer(segments)])]);
  const targets = e.node("Unsqueeze", [e.node("Where", [known, ids, integer(segments)]), e.int64s([1])]);
  const places = e.node("Expand", [targets, e.int64s([rows, width])]);
  const start = e.node("Expand", [e.scalar(0), e.int64s([segments + 1, width])]);
  const sums = e.node("ScatterElements", [start, places, matrix], { axis: { int: 0 }, reduction: { string: "add" } });
  return e.node("Slice", [sums, e.int64s([0]), e.int64s([segments]), e.int64s([0])]);
}

/** `OneHot(indices int32, depth)`: float32, a new last axis with 1 at the index; all zeros for an index outside [0, depth). */
const oneHotOperation: Operation = {
  infer: ([indices], attributes) => {
    demandDType("OneHot", "int32", [indices!]);
    return [{ dtype: "float32", shape: [...indices!.shape, numberOf(attributes, "depth")] }];
  },
  evaluate: ([indices], attributes) => {
    const depth = numberOf(attributes, "depth");
    const out = zeros({ dtype: "float32", shape: [...indices!.type.shape, depth] });
    indices!.data.forEach((at, i) => {
      if (at >= 0 && at < depth) out.data[i * depth + at] = 1;
    });
    return [out];
  },
  toOnnx: (e, { inputs, inputTypes, attributes }) => [
    oneHot(e, inputs[0]!, inputTypes[0]!, numberOf(attributes, "depth")),
  ],
  toTfjs: (backend, [indices], attributes) => [
    backend.cast(backend.oneHot(indices!, numberOf(attributes, "depth")), "float32"),
  ],
};

/** By comparison with 0..depth-1, since ONNX' own OneHot lets negative indices count from the end. */
function oneHot(e: OnnxEmitter, indices: string, type: TensorType, depth: number): string {
  const column = e.node("Unsqueeze", [indices, e.int64s([type.shape.length])]);
  const places = e.constant(
    { dtype: "int32", shape: [depth] },
    Int32Array.from({ length: depth }, (_, i) => i),
  );
  return e.node("Cast", [e.node("Equal", [column, places])], { to: { int: 1 } });
}

/** Operations that address by index. */
export const gatherOperations: Readonly<Record<string, Operation>> = {
  Gather: gather,
  SegmentSum: segmentSum,
  OneHot: oneHotOperation,
};
