import { broadcastStrides } from "../ir/broadcast.js";
import { sizeOf, type TensorType } from "../ir/tensor-type.js";
import type { ReferenceTensor } from "./operation.js";

/** A zero-filled reference tensor. */
export function zeros(type: TensorType): ReferenceTensor {
  return { type, data: new Float64Array(sizeOf(type.shape)) };
}

/** Applies `f` to every element. */
export function map(x: ReferenceTensor, f: (element: number) => number, dtype = x.type.dtype): ReferenceTensor {
  return { type: { dtype, shape: x.type.shape }, data: x.data.map((element) => f(element)) };
}

/** Applies `f` to corresponding elements of inputs broadcast to the shape of `type`. */
export function mapBroadcast(
  type: TensorType,
  inputs: readonly ReferenceTensor[],
  f: (...elements: number[]) => number,
): ReferenceTensor {
  const out = zeros(type);
  const strides = inputs.map((input) => broadcastStrides(input.type.shape, type.shape));
  const elements = new Array<number>(inputs.length);
  forEachIndex(type.shape, (index, flat) => {
    for (let i = 0; i < inputs.length; i++) elements[i] = inputs[i]!.data[offsetOf(index, strides[i]!)]!;
    out.data[flat] = f(...elements);
  });
  return out;
}

/** Builds a tensor whose element at each index is the element of `x` at `source(index)`: how data movement is written. */
export function pick(
  type: TensorType,
  x: ReferenceTensor,
  source: (index: readonly number[]) => readonly number[],
): ReferenceTensor {
  const out = zeros(type);
  const strides = stridesOf(x.type.shape);
  forEachIndex(type.shape, (index, flat) => {
    out.data[flat] = x.data[offsetOf(source(index), strides)]!;
  });
  return out;
}

/** Visits every index of a shape in row-major order. The index array is reused. */
export function forEachIndex(shape: readonly number[], visit: (index: readonly number[], flat: number) => void): void {
  const index = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = index[axis]! + 1;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Visits each row of the last axis as a view into the data. */
export function forEachRow(x: ReferenceTensor, visit: (row: Float64Array, i: number) => void): void {
  const length = x.type.shape[x.type.shape.length - 1] ?? 1;
  for (let i = 0; i * length < x.data.length; i++) visit(x.data.subarray(i * length, (i + 1) * length), i);
}

/** Row-major strides of a shape. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!;
  return strides;
}

/** Flat offset of an index. */
export function offsetOf(index: readonly number[], strides: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < index.length; axis++) offset += index[axis]! * strides[axis]!;
  return offset;
}
