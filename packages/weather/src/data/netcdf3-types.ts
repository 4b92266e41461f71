import type { NumberArray } from "./dataset.js";

/** The six types of NetCDF-3, by the names of its text form CDL. */
export type ExternalTypeName = "byte" | "char" | "short" | "int" | "float" | "double";

/** A type of NetCDF-3. */
export interface ExternalType {
  readonly name: ExternalTypeName;
  readonly code: number;
  readonly bytes: number;
}

/** Types with their codes in a file. */
export const EXTERNAL_TYPES: readonly ExternalType[] = [
  { name: "byte", code: 1, bytes: 1 },
  { name: "char", code: 2, bytes: 1 },
  { name: "short", code: 3, bytes: 2 },
  { name: "int", code: 4, bytes: 4 },
  { name: "float", code: 5, bytes: 4 },
  { name: "double", code: 6, bytes: 8 },
];

/** Names, attributes and variables start at multiples of four. */
export function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

/** An array for numbers of a type; characters as their bytes. */
export function allocate(type: ExternalType, length: number): NumberArray {
  switch (type.name) {
    case "byte":
      return new Int8Array(length);
    case "char":
      return new Uint8Array(length);
    case "short":
      return new Int16Array(length);
    case "int":
      return new Int32Array(length);
    case "float":
      return new Float32Array(length);
    case "double":
      return new Float64Array(length);
    default:
      throw new Error(`internal: unknown type ${String(type.name satisfies never)}`);
  }
}

/** Numbers of a file, which has them most significant byte first. */
export function readNumbers(bytes: Uint8Array, type: ExternalType): NumberArray {
  const result = allocate(type, bytes.length / type.bytes);
  const raw = new Uint8Array(result.buffer);
  raw.set(bytes);
  swapToBigEndian(raw, type.bytes);
  return result;
}

/** Bytes of numbers as a file has them. */
export function writeNumbers(values: ArrayLike<number>, type: ExternalType): Uint8Array {
  const result = allocate(type, values.length);
  result.set(values);
  const raw = new Uint8Array(result.buffer);
  swapToBigEndian(raw, type.bytes);
  return raw;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Reverses the bytes of each number, in place, where the machine's order is the other. */
function swapToBigEndian(raw: Uint8Array, size: number): void {
  if (!LITTLE_ENDIAN || size === 1) return;
  for (let at = 0; at < raw.length; at += size) raw.subarray(at, at + size).reverse();
}
