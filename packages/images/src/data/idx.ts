import { NextscaleError } from "@nextscale/engine";

/**
 * A tensor of an IDX file, row-major (format: http://yann.lecun.com/exdb/mnist/, "The IDX file format"). IDX stores
 * numbers most significant byte first; the arrays are in the machine's own order.
 */
export type IdxTensor =
  | { readonly dtype: "uint8"; readonly shape: readonly number[]; readonly data: Uint8Array }
  | { readonly dtype: "int8"; readonly shape: readonly number[]; readonly data: Int8Array }
  | { readonly dtype: "int16"; readonly shape: readonly number[]; readonly data: Int16Array }
  | { readonly dtype: "int32"; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: "float32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "float64"; readonly shape: readonly number[]; readonly data: Float64Array };

type IdxDType = IdxTensor["dtype"];

/** The format's type codes, the third byte of a file. */
const DTYPES: ReadonlyMap<number, { dtype: IdxDType; bytes: number }> = new Map([
  [0x08, { dtype: "uint8", bytes: 1 }],
  [0x09, { dtype: "int8", bytes: 1 }],
  [0x0b, { dtype: "int16", bytes: 2 }],
  [0x0c, { dtype: "int32", bytes: 4 }],
  [0x0d, { dtype: "float32", bytes: 4 }],
  [0x0e, { dtype: "float64", bytes: 8 }],
]);

/** Image sets have rank 4 at most; the format could say 255. */
const MOST_RANK = 8;

/**
 * Reads an IDX file of any of the format's six types. The sizes in the header are checked against the length of the
 * input before anything is allocated, and the result is a copy.
 *
 * @param file the file's name, for messages
 * @throws NextscaleError `invalid-file`
 */
export function readIdx(bytes: Uint8Array, file = "the file"): IdxTensor {
  const refuse = (expected: string, got: string): never => {
    const fix = "the file is truncated, damaged or not IDX: fetch it again";
    throw new NextscaleError({
      code: "invalid-file",
      where: "images/readIdx",
      expected,
      got: `${file} with ${got}`,
      fix,
    });
  };
  if (bytes.length < 4) refuse("an IDX file of at least 4 bytes", `${bytes.length} bytes`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) refuse("an IDX file", "gzip data, which must be unpacked first");
  const type = DTYPES.get(bytes[2]!);
  const rank = bytes[3]!;
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || rank < 1 || rank > MOST_RANK) {
    const start = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    return refuse(
      `an IDX file, which starts with 00 00, a type code and a rank of 1 to ${MOST_RANK}`,
      `a start of ${start}`,
    );
  }
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) refuse(`${headerBytes} bytes of IDX header`, `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // At most 2^(8 * 32) * 8: large products are rounded, never wrapped, and no rounded one equals a length.
  const expected = shape.reduce((product, extent) => product * extent, type.bytes) + headerBytes;
  if (bytes.length !== expected) {
    refuse(`${expected} bytes for ${type.dtype}[${shape.join(",")}]`, `${bytes.length} bytes`);
  }
  return decode(type.dtype, shape, new DataView(bytes.buffer, bytes.byteOffset + headerBytes, expected - headerBytes));
}

function decode(dtype: IdxDType, shape: readonly number[], view: DataView): IdxTensor {
  switch (dtype) {
    case "uint8":
      return { dtype, shape, data: new Uint8Array(bytesOf(view)) };
    case "int8":
      return { dtype, shape, data: new Int8Array(bytesOf(view)) };
    case "int16":
      return { dtype, shape, data: fill(new Int16Array(view.byteLength / 2), (i) => view.getInt16(2 * i)) };
    case "int32":
      return { dtype, shape, data: fill(new Int32Array(view.byteLength / 4), (i) => view.getInt32(4 * i)) };
    case "float32":
      return { dtype, shape, data: fill(new Float32Array(view.byteLength / 4), (i) => view.getFloat32(4 * i)) };
    case "float64":
      return { dtype, shape, data: fill(new Float64Array(view.byteLength / 8), (i) => view.getFloat64(8 * i)) };
    default:
      throw new Error(`internal: unknown dtype ${String(dtype satisfies never)}`);
  }
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function fill<T extends { length: number; [index: number]: number }>(array: T, value: (index: number) => number): T {
  for (let index = 0; index < array.length; index++) array[index] = value(index);
  return array;
}

/**
 * The bytes of an IDX file of unsigned bytes, the type of images [n,h,w] and labels [n].
 *
 * @throws NextscaleError `shape` when the data has not the length the shape implies or the shape does not fit the format
 */
export function writeIdx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const fits = shape.every((extent) => Number.isInteger(extent) && extent >= 0 && extent <= 0xffffffff);
  const elements = shape.reduce((product, extent) => product * extent, 1);
  if (shape.length < 1 || shape.length > MOST_RANK || !fits || elements !== data.length) {
    throw new NextscaleError({
      code: "shape",
      where: "images/writeIdx",
      expected: `a shape of 1 to ${MOST_RANK} whole extents below 2^32 with as many elements as the data`,
      got: `[${shape.join(",")}] for ${data.length} bytes`,
    });
  }
  const file = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(file.buffer);
  file.set([0, 0, 0x08, shape.length]);
  shape.forEach((extent, axis) => view.setUint32(4 + 4 * axis, extent));
  file.set(data, 4 + 4 * shape.length);
  return file;
}
