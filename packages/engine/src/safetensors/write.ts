import { NextscaleError } from "../errors.js";
import { BYTES_PER_ELEMENT, quoteName, SAFETENSORS_LIMITS, type WritableSafetensor } from "./tensor.js";

const WHERE = "engine/safetensors";

/**
 * The bytes of a safetensors file. The same tensors and metadata give the same bytes, whatever the order of the records.
 *
 * As in the reference implementation, tensors with the widest elements come first (here then by name), after a header
 * padded to a multiple of eight bytes: so every tensor is aligned to its elements without the holes the format forbids.
 *
 * @throws NextscaleError `shape` when an array has not the length its shape implies, `invalid-argument` for a name,
 *   shape, value or size the format does not allow
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, WritableSafetensor>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const named = Object.entries(tensors).sort(
    ([a, { dtype: dtypeA }], [b, { dtype: dtypeB }]) =>
      BYTES_PER_ELEMENT[dtypeB] - BYTES_PER_ELEMENT[dtypeA] || compareNames(a, b),
  );
  const count = named.length + Object.keys(metadata).length;
  if (count >= SAFETENSORS_LIMITS.entries) {
    throw invalid(`fewer than ${SAFETENSORS_LIMITS.entries} tensors and metadata`, String(count));
  }
  let end = 0;
  const entries = named.map(([name, tensor]): [string, object] => {
    checkTensor(name, tensor);
    const begin = end;
    end += tensor.data.byteLength;
    return [name, { dtype: tensor.dtype, shape: tensor.shape, data_offsets: [begin, end] }];
  });
  const header = encodeHeader(entries, metadata);
  const file = new Uint8Array(8 + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  let offset = 8 + header.length;
  for (const [, { data }] of named) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}

/** By UTF-16 code units: the same on every machine, unlike `localeCompare`. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function encodeHeader(entries: readonly [string, object][], metadata: Readonly<Record<string, string>>): Uint8Array {
  const pairs = Object.entries(metadata).sort(([a], [b]) => compareNames(a, b));
  for (const [key, value] of pairs) {
    if (typeof value !== "string" || !isText(key) || !isText(value)) {
      throw invalid(`metadata ${quoteName(key)} to be Unicode text`, typeof value);
    }
  }
  // Written member by member: an object would put names that look like numbers first.
  const members = entries.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  const metadataMembers = pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  if (pairs.length > 0) members.unshift(`"__metadata__":{${metadataMembers.join(",")}}`);
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const header = new Uint8Array(8 * Math.ceil(json.length / 8)).fill(0x20);
  if (header.length > SAFETENSORS_LIMITS.headerBytes) {
    throw invalid(`names and metadata of at most ${SAFETENSORS_LIMITS.headerBytes} bytes`, `${header.length} bytes`);
  }
  header.set(json);
  return header;
}

function checkTensor(name: string, tensor: WritableSafetensor): void {
  const quoted = quoteName(name);
  if (name === "__metadata__" || !isText(name)) throw invalid("a tensor name of Unicode text", quoted);
  const { dtype, shape, data } = tensor;
  if (shape.length > SAFETENSORS_LIMITS.rank || !shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    const expected = `tensor ${quoted} to have at most ${SAFETENSORS_LIMITS.rank} whole extents`;
    throw invalid(expected, `[${shape.join(",")}]`);
  }
  const elements = shape.reduce((product, extent) => product * extent, 1);
  if (data.length !== elements || data.BYTES_PER_ELEMENT !== BYTES_PER_ELEMENT[dtype]) {
    throw new NextscaleError({
      code: "shape",
      where: WHERE,
      expected: `${elements} elements of ${BYTES_PER_ELEMENT[dtype]} bytes for tensor ${quoted}, ${dtype}[${shape.join(",")}]`,
      got: `${data.length} of ${data.BYTES_PER_ELEMENT} bytes`,
    });
  }
  if (dtype === "BOOL" && data.some((value) => value > 1)) {
    throw invalid(`0 or 1 in tensor ${quoted} of BOOL`, "another value");
  }
}

/** False for text with a lone surrogate, which UTF-8 cannot hold. */
function isText(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: WHERE, expected, got });
}
