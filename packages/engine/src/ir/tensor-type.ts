/** Element types of the IR. `bool` is stored as one byte an element. */
export type DType = "float32" | "int32" | "bool";

/** All element types. */
export const DTYPES: readonly DType[] = ["float32", "int32", "bool"];

/** Shape and element type of a value. Shapes are static: a program is traced for one set of shapes. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** Elements of a tensor, row-major: Float32Array for float32, Int32Array for int32, Uint8Array (0 or 1) for bool. */
export type TensorData = Float32Array | Int32Array | Uint8Array;

/** Arrays by input or output name, such as `"params/head/weight"`. */
export type NamedArrays = Readonly<Record<string, TensorData>>;

/** Number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A zero-filled array for a type. */
export function allocate(type: TensorType): TensorData {
  const size = sizeOf(type.shape);
  switch (type.dtype) {
    case "float32":
      return new Float32Array(size);
    case "int32":
      return new Int32Array(size);
    case "bool":
      return new Uint8Array(size);
    default:
      throw new Error(`internal: unknown dtype ${String(type.dtype satisfies never)}`);
  }
}

/** Printed form: `f32[64,512]`. */
export function formatType(type: TensorType): string {
  const short = { float32: "f32", int32: "i32", bool: "bool" }[type.dtype];
  return `${short}[${type.shape.join(",")}]`;
}
