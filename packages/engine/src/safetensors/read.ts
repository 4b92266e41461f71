import { NextscaleError } from "../errors.js";
import { type HeaderEntry, parseHeader } from "./header.js";
import { BYTES_PER_ELEMENT, DAMAGED, quoteName, type Safetensor, SAFETENSORS_LIMITS } from "./tensor.js";
import { widenBfloat16, widenFloat16 } from "./half.js";

/** What a safetensors file holds. */
export interface SafetensorsFile {
  /** By name, in the order of the header. The arrays are copies, free of the input's memory. */
  readonly tensors: Readonly<Record<string, Safetensor>>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a safetensors file (https://github.com/huggingface/safetensors, "Format"): eight bytes of header length, a JSON
 * header, and the tensors' bytes end to end, everything little-endian.
 *
 * Everything is checked before it is used, with the reference implementation's rules: the header within its cap and the
 * file, every size equal to what dtype and shape imply, and the tensors covering the data exactly, without hole or
 * overlap. So no more is ever allocated than the file holds (twice that for half-precision tensors, which are widened).
 *
 * @param file the file's name, for messages
 * @throws NextscaleError `invalid-file` for anything the format does not allow, `invalid-data` for a BOOL other than 0 and 1
 */
export function readSafetensors(bytes: Uint8Array, file?: string): SafetensorsFile {
  const where = file === undefined ? "engine/safetensors" : `engine/safetensors: ${file}`;
  const headerText = readHeaderText(bytes, where);
  const data = bytes.subarray(8 + headerText.byteLength);
  const { entries, metadata } = parseHeader(headerText.text, where);
  for (const entry of entries) checkSize(entry, where);
  checkCoverage(entries, data.length, where);
  const tensors = entries.map((entry) => [entry.name, readTensor(entry, data, where)] as const);
  return { tensors: Object.fromEntries(tensors), metadata };
}

function readHeaderText(bytes: Uint8Array, where: string): { text: string; byteLength: number } {
  const invalid = (expected: string, got: string): never => {
    throw new NextscaleError({
      code: "invalid-file",
      where,
      expected,
      got,
      fix: DAMAGED,
    });
  };
  if (bytes.length < 8) invalid("a safetensors file of at least 8 bytes", `${bytes.length} bytes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const most = Math.min(SAFETENSORS_LIMITS.headerBytes, bytes.length - 8);
  if (length > BigInt(most))
    invalid(`a header of at most ${most} bytes in a file of ${bytes.length}`, `${length} bytes`);
  const byteLength = Number(length);
  const header = bytes.subarray(8, 8 + byteLength);
  if (header[0] !== 0x7b) invalid('a header starting with "{"', byteLength === 0 ? "an empty header" : "another byte");
  try {
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header), byteLength };
  } catch {
    return invalid("a header in UTF-8", "invalid UTF-8");
  }
}

function checkSize(entry: HeaderEntry, where: string): void {
  const bytesPerElement = Object.hasOwn(BYTES_PER_ELEMENT, entry.dtype)
    ? BYTES_PER_ELEMENT[entry.dtype as Safetensor["dtype"]]
    : undefined;
  if (bytesPerElement === undefined) {
    throw new NextscaleError({
      code: "invalid-file",
      where,
      expected: `tensor ${quoteName(entry.name)} of a dtype among ${Object.keys(BYTES_PER_ELEMENT).join(", ")}`,
      got: quoteName(entry.dtype),
      fix: "convert the tensor to one of these types",
    });
  }
  // A product that leaves the safe integers cannot equal a difference of two of them, so no overflow check is needed;
  // NaN (0 * Infinity) is unequal as well.
  const expected = entry.shape.reduce((product, extent) => product * extent, bytesPerElement);
  if (entry.end - entry.begin !== expected) {
    throw new NextscaleError({
      code: "invalid-file",
      where,
      expected: `${expected} bytes for tensor ${quoteName(entry.name)} of ${entry.dtype}[${entry.shape.join(",")}]`,
      got: `data_offsets ${entry.begin} to ${entry.end}`,
      fix: DAMAGED,
    });
  }
}

function checkCoverage(entries: readonly HeaderEntry[], dataBytes: number, where: string): void {
  let covered = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== covered || entry.end > dataBytes) {
      throw new NextscaleError({
        code: "invalid-file",
        where,
        expected: `tensor ${quoteName(entry.name)} to start at byte ${covered} and end within the ${dataBytes} bytes of data`,
        got: `data_offsets ${entry.begin} to ${entry.end}`,
        fix: DAMAGED,
      });
    }
    covered = entry.end;
  }
  if (covered !== dataBytes) {
    throw new NextscaleError({
      code: "invalid-file",
      where,
      expected: `the tensors to cover the ${dataBytes} bytes of data`,
      got: `${covered} bytes covered`,
      fix: DAMAGED,
    });
  }
}

function readTensor(entry: HeaderEntry, data: Uint8Array, where: string): Safetensor {
  const { shape } = entry;
  const dtype = entry.dtype as Safetensor["dtype"];
  // A copy through the constructor: `slice` of a Node Buffer would be a view of its pool.
  const bytes = new Uint8Array(data.subarray(entry.begin, entry.end));
  switch (dtype) {
    case "F32":
      return { dtype, shape, data: new Float32Array(bytes.buffer) };
    case "F64":
      return { dtype, shape, data: new Float64Array(bytes.buffer) };
    case "I32":
      return { dtype, shape, data: new Int32Array(bytes.buffer) };
    case "I64":
      return { dtype, shape, data: new BigInt64Array(bytes.buffer) };
    case "F16":
      return { dtype, shape, data: widenFloat16(new Uint16Array(bytes.buffer)) };
    case "BF16":
      return { dtype, shape, data: widenBfloat16(new Uint16Array(bytes.buffer)) };
    case "U8":
      return { dtype, shape, data: bytes };
    case "BOOL": {
      const lie = bytes.find((value) => value > 1);
      if (lie !== undefined) {
        const expected = `0 or 1 in tensor ${quoteName(entry.name)} of BOOL`;
        throw new NextscaleError({ code: "invalid-data", where, expected, got: String(lie), fix: DAMAGED });
      }
      return { dtype, shape, data: bytes };
    }
    default:
      throw new Error(`internal: unknown dtype ${String(dtype satisfies never)}`);
  }
}
