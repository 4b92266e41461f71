import { NextscaleError } from "../../src/errors.js";

/** One field of a message: its number and its value, by wire type. */
export interface ProtobufField {
  readonly field: number;
  /** Integer of a varint or fixed64 field, signed; null otherwise. */
  readonly int: bigint | null;
  /** Number of a fixed32 field read as float; null otherwise. */
  readonly float: number | null;
  /** Content of a length-delimited field, a view of the input; null otherwise. */
  readonly bytes: Uint8Array | null;
}

/**
 * The fields of one protobuf message, in order. Reads nothing outside `bytes` whatever they hold.
 *
 * @throws NextscaleError `invalid-file` for a truncated field, an overlong integer or a wire type that protobuf dropped
 */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  const need = (count: number) => {
    if (count > bytes.length - offset)
      throw malformed(`${count} more bytes at offset ${offset}`, `${bytes.length - offset}`);
  };
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      need(1);
      const byte = view.getUint8(offset++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
    throw malformed("an integer of at most 10 bytes", `a longer one ending at offset ${offset}`);
  };
  while (offset < bytes.length) {
    const tag = varint();
    const field = Number(tag >> 3n);
    const empty: ProtobufField = { field, int: null, float: null, bytes: null };
    if (field < 1 || field > 0x1fffffff) throw malformed("a field number from 1 to 2^29 - 1", String(field));
    switch (Number(tag & 7n)) {
      case 0:
        yield { ...empty, int: varint() };
        break;
      case 1:
        need(8);
        yield { ...empty, int: view.getBigInt64(offset, true) };
        offset += 8;
        break;
      case 2: {
        const length = Number(BigInt.asUintN(64, varint()));
        need(length);
        yield { ...empty, bytes: bytes.subarray(offset, offset + length) };
        offset += length;
        break;
      }
      case 5:
        need(4);
        yield { ...empty, float: view.getFloat32(offset, true) };
        offset += 4;
        break;
      default:
        throw malformed("protobuf wire type 0, 1, 2 or 5", String(tag & 7n));
    }
  }
}

function malformed(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-file", where: "engine/onnx", expected, got });
}
