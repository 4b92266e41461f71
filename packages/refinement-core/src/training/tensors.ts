import {
  flattenTree,
  formatType,
  isTensorType,
  NextscaleError,
  sizeOf,
  type NamedArrays,
  type TensorData,
  type TensorType,
  type Tree,
} from "@nextscale/engine";

/** Shape and element type of each tensor, by name: `params/head/weight`. */
export type TensorLayout = Readonly<Record<string, TensorType>>;

/** The layout of a part of a program's signature: what its arrays are called and look like in state and checkpoints. */
export function layoutOf(signature: Tree<TensorType>): TensorLayout {
  return Object.fromEntries(flattenTree(signature, isTensorType));
}

/**
 * Checks that arrays are what a layout says: no name missing or unknown, every dtype and length right, every number
 * finite.
 *
 * @param where shown in the error's message
 * @throws NextscaleError `invalid-data` naming the tensor and what is wrong with it
 */
export function requireTensors(where: string, arrays: NamedArrays, layout: TensorLayout): void {
  const names = Object.keys(layout);
  const missing = names.filter((name) => !Object.hasOwn(arrays, name));
  if (missing.length > 0)
    throw wrong(where, `tensor ${missing[0]}`, `${missing.length} of ${names.length} tensors missing`);
  const unknown = Object.keys(arrays).filter((name) => !Object.hasOwn(layout, name));
  if (unknown.length > 0)
    throw wrong(where, `${names.length} tensors`, `${unknown.length} more, such as ${unknown[0]?.slice(0, 80)}`);
  for (const name of names) {
    const [type, data] = [layout[name]!, arrays[name]!];
    if (dtypeOf(data) !== type.dtype || data.length !== sizeOf(type.shape)) {
      throw wrong(where, `tensor ${name} of ${formatType(type)}`, `${data.length} numbers of ${dtypeOf(data)}`);
    }
    const at = data instanceof Float32Array ? data.findIndex((value) => !Number.isFinite(value)) : -1;
    if (at >= 0)
      throw wrong(where, `finite numbers in tensor ${name}`, `${data[at]} at element ${at} of ${data.length}`);
  }
}

function dtypeOf(data: TensorData): TensorType["dtype"] {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "bool";
}

function wrong(where: string, expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where, expected, got });
}
