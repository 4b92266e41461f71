import { broadcastShapes } from "../ir/broadcast.js";
import type { ValueId } from "../ir/program.js";
import { sizeOf, type DType, type TensorData } from "../ir/tensor-type.js";
import type { RewritingGraph } from "./sweep.js";

/*
 * Questions about values that several passes ask.
 */

/** What all elements of an array are, by array: dense constants are scanned once. */
const uniform = new WeakMap<TensorData, number | null>();

/** The number that every element of a value is known to be, or null. */
export function uniformOf(graph: RewritingGraph, value: ValueId): number | null {
  const data = graph.constants.get(value);
  if (data === undefined) {
    const spread = graph.producedBy(value, "Expand");
    return spread === undefined ? null : uniformOf(graph, spread.inputs[0]!);
  }
  let known = uniform.get(data);
  if (known === undefined) {
    known = data.length > 0 && data.every((element) => Object.is(element, data[0])) ? data[0]! : null;
    uniform.set(data, known);
  }
  return known;
}

/** An array of a dtype from numbers. */
export function dataOf(dtype: DType, values: ArrayLike<number>): TensorData {
  if (dtype === "float32") return Float32Array.from(values);
  return dtype === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
}

/** Number of elements of a value. */
export function countOf(graph: RewritingGraph, value: ValueId): number {
  return sizeOf(graph.shapeOf(value));
}

/** Whether two shapes are the same. */
export function equalShapes(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, i) => extent === b[i]);
}

/** The shape that all values broadcast to. */
export function broadcastOf(graph: RewritingGraph, values: readonly ValueId[]): readonly number[] {
  return values.reduce<readonly number[]>((shape, value) => broadcastShapes(shape, graph.shapeOf(value))!, []);
}

/** The last axis of a shape, alone. */
export function isLastAxis(axes: readonly number[], rank: number): boolean {
  return axes.length === 1 && axes[0] === rank - 1;
}
