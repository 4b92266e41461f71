import { NextscaleError } from "../errors.js";
import { formatType, sizeOf, type DType, type TensorData, type TensorType } from "./tensor-type.js";

/**
 * The array given for an input, if it is one of the right kind and length: plain JavaScript callers may pass anything.
 *
 * @throws NextscaleError `shape`
 */
export function checkedData(
  where: string,
  { name, type }: { readonly name: string; readonly type: TensorType },
  data: TensorData | undefined,
): TensorData {
  if (data !== undefined && holds(data, type.dtype) && data.length === sizeOf(type.shape)) return data;
  const got = data === undefined ? "none" : describe(data);
  throw new NextscaleError({ code: "shape", where, expected: `input ${name}: ${formatType(type)}`, got });
}

/** True when `data` is the kind of array that holds elements of `dtype`. */
function holds(data: unknown, dtype: DType): data is TensorData {
  switch (dtype) {
    case "float32":
      return data instanceof Float32Array;
    case "int32":
      return data instanceof Int32Array;
    case "bool":
      return data instanceof Uint8Array;
    default:
      throw new Error(`internal: unknown dtype ${String(dtype satisfies never)}`);
  }
}

function describe(data: unknown): string {
  return ArrayBuffer.isView(data)
    ? `${data.constructor.name} of ${(data as TensorData).length} elements`
    : `${typeof data} ${String(data).slice(0, 40)}`;
}
