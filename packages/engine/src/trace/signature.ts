import type { TensorType } from "../ir/tensor-type.js";

/** A float32 tensor of the given shape; no arguments: a scalar. */
export function f32(...shape: readonly number[]): TensorType {
  return { dtype: "float32", shape };
}

/** An int32 tensor of the given shape. */
export function i32(...shape: readonly number[]): TensorType {
  return { dtype: "int32", shape };
}

/** A bool tensor of the given shape. */
export function bool(...shape: readonly number[]): TensorType {
  return { dtype: "bool", shape };
}
