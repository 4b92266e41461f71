import fc from "fast-check";
import { expect, test } from "vitest";
import { isNextscaleError } from "../../src/errors.js";
import { decodeModel, ONNX_ELEMENT_BYTES } from "./decode-model.js";
import { encodeModel } from "../../src/onnx/encode-model.js";
import type { OnnxElementType, OnnxModel } from "../../src/onnx/model.js";
import type { OnnxAttribute } from "../../src/ops/operation.js";

const names = fc.string({ unit: "grapheme", maxLength: 12 });
const keys = names.filter((name) => name !== "__proto__");
const int = fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const dims = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });
const type = fc.constantFrom<OnnxElementType>("float32", "int32", "int64", "bool");
const attribute: fc.Arbitrary<OnnxAttribute> = fc.oneof(
  fc.record({ int }),
  fc.record({ float: fc.float({ noNaN: true }) }),
  fc.record({ string: names }),
  fc.record({ ints: fc.array(int) }),
);
const node = fc.record({
  opType: names,
  domain: names,
  inputs: fc.array(names),
  outputs: fc.array(names),
  attributes: fc.dictionary(keys, attribute, { noNullPrototype: true }),
});
const tensor = fc.record({ name: names, type, dims }).chain((head) => {
  const length = head.dims.reduce((product, extent) => product * extent, ONNX_ELEMENT_BYTES[head.type]);
  return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => ({ ...head, bytes }));
});
const valueInfo = fc.record({ name: names, type, dims });
const model: fc.Arbitrary<OnnxModel> = fc.record({
  irVersion: fc.nat(),
  producerName: names,
  opsets: fc.dictionary(keys, fc.nat(), { noNullPrototype: true }),
  metadata: fc.dictionary(keys, names, { noNullPrototype: true }),
  graph: fc.record({
    name: names,
    nodes: fc.array(node, { maxLength: 4 }),
    initialisers: fc.array(tensor, { maxLength: 4 }),
    inputs: fc.array(valueInfo, { maxLength: 3 }),
    outputs: fc.array(valueInfo, { maxLength: 3 }),
    valueInfo: fc.array(valueInfo, { maxLength: 3 }),
  }),
});

test("reading gives what was written", () => {
  const property = fc.property(model, (written) => {
    expect(decodeModel(encodeModel(written))).toEqual(written);
  });
  fc.assert(property, { numRuns: 200 });
});

/** Reads bytes that may be damaged: a model or a typed error, nothing else. */
function survives(bytes: Uint8Array): void {
  try {
    decodeModel(bytes);
  } catch (error) {
    if (!isNextscaleError(error, "invalid-file")) throw error;
  }
}

test("damaged files are read or refused with a typed error", () => {
  const damage = fc.record({
    written: model,
    at: fc.nat(),
    byte: fc.integer({ min: 0, max: 255 }),
    keep: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(damage, ({ written, at, byte, keep }) => {
      const bytes = encodeModel(written);
      survives(bytes.subarray(0, Math.floor(bytes.length * keep)));
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      survives(bytes);
    }),
    { numRuns: 500 },
  );
});

test("arbitrary bytes are refused with a typed error", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 500 });
});

test("lies about sizes are refused before memory is taken", () => {
  const code = (bytes: number[]): string => {
    try {
      decodeModel(Uint8Array.from(bytes));
      return "accepted";
    } catch (error) {
      return isNextscaleError(error) ? error.message : String(error);
    }
  };
  expect(code([])).toContain("a file without a graph");
  expect(code([0x3a, 0xff, 0xff, 0xff, 0xff, 0x07])).toContain("2147483647 more bytes at offset 6, got 0");
  expect(code([0x3a, 0x05, 0x00])).toContain("5 more bytes");
  expect(code([0x08, ...new Array<number>(11).fill(0xff)])).toContain("at most 10 bytes");
  // A graph with an initialiser of 2^30 float32 elements and no data.
  expect(code([0x3a, 0x0a, 0x2a, 0x08, 0x08, 0x80, 0x80, 0x80, 0x80, 0x04, 0x10, 0x01])).toContain(
    "4294967296 bytes of raw data",
  );
});
