import { NextscaleError } from "../errors.js";
import type { TensorType } from "./tensor-type.js";
import { formatType } from "./tensor-type.js";

/** Numpy-style broadcast of two shapes, or null when they do not fit. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): number[] | null {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return null;
    shape.push(x === 1 ? y : x);
  }
  return shape;
}

/** The broadcast shape of all `types`. @throws NextscaleError `shape` */
export function broadcastAll(op: string, types: readonly TensorType[]): readonly number[] {
  let shape: readonly number[] = [];
  for (const type of types) {
    const next = broadcastShapes(shape, type.shape);
    if (next === null) {
      throw new NextscaleError({
        code: "shape",
        where: `engine/${op}`,
        expected: "shapes that broadcast against each other",
        got: types.map(formatType).join(" and "),
      });
    }
    shape = next;
  }
  return shape;
}

/** Row-major strides of `from` inside the broadcast `shape`: 0 along broadcast axes. */
export function broadcastStrides(from: readonly number[], shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  let stride = 1;
  for (let i = from.length - 1; i >= 0; i--) {
    const axis = shape.length - from.length + i;
    strides[axis] = from[i] === 1 ? 0 : stride;
    stride *= from[i] as number;
  }
  return strides;
}
