import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readIdx, writeIdx } from "../../src/data/idx.js";

function refusal(bytes: Uint8Array): string {
  try {
    readIdx(bytes, "digits.idx");
  } catch (error) {
    if (isNextscaleError(error, "invalid-file")) return error.message;
    throw error;
  }
  throw new Error("the reader accepted the file");
}

const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });
const elements = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);

test("unsigned bytes of any shape come back as written", () => {
  fc.assert(
    fc.property(
      shapes.chain((shape) =>
        fc.tuple(fc.constant(shape), fc.uint8Array({ minLength: elements(shape), maxLength: elements(shape) })),
      ),
      ([shape, data]) => {
        expect(readIdx(writeIdx(shape, data))).toEqual({ dtype: "uint8", shape, data: new Uint8Array(data) });
      },
    ),
  );
});

test("a file of labels is what LeCun's page describes", () => {
  expect([...writeIdx([3], Uint8Array.of(5, 0, 4))]).toEqual([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]);
});

test("all six types are read, most significant byte first", () => {
  const file = (code: number, ...bytes: number[]) => Uint8Array.of(0, 0, code, 1, 0, 0, 0, 2, ...bytes);
  expect(readIdx(file(0x08, 1, 255)).data).toEqual(Uint8Array.of(1, 255));
  expect(readIdx(file(0x09, 1, 255)).data).toEqual(Int8Array.of(1, -1));
  expect(readIdx(file(0x0b, 1, 0, 255, 254)).data).toEqual(Int16Array.of(256, -2));
  expect(readIdx(file(0x0c, 0, 1, 0, 0, 255, 255, 255, 254)).data).toEqual(Int32Array.of(65536, -2));
  expect(readIdx(file(0x0d, 0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0)).data).toEqual(Float32Array.of(1, -2));
  const doubles = file(0x0e, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0);
  expect(readIdx(doubles)).toEqual({ dtype: "float64", shape: [2], data: Float64Array.of(1, -2) });
});

test("a file that lies is refused", () => {
  const good = writeIdx([2, 3], new Uint8Array(6));
  for (let length = 0; length < good.length; length++) refusal(good.slice(0, length));
  expect(refusal(Uint8Array.of(...good, 0))).toMatchInlineSnapshot(
    `"images/readIdx: expected 18 bytes for uint8[2,3], got digits.idx with 19 bytes; the file is truncated, damaged or not IDX: fetch it again"`,
  );
  expect(refusal(Uint8Array.of(0, 0, 8, 0))).toMatchInlineSnapshot(
    `"images/readIdx: expected an IDX file, which starts with 00 00, a type code and a rank of 1 to 8, got digits.idx with a start of 00 00 08 00; the file is truncated, damaged or not IDX: fetch it again"`,
  );
  expect(refusal(Uint8Array.of(0x1f, 0x8b, 8, 0))).toMatchInlineSnapshot(
    `"images/readIdx: expected an IDX file, got digits.idx with gzip data, which must be unpacked first; the file is truncated, damaged or not IDX: fetch it again"`,
  );
  const huge = Uint8Array.of(0, 0, 0x0e, 8, ...new Array<number>(32).fill(255));
  expect(refusal(huge)).toContain("4294967295,4294967295");
  for (const code of [0, 7, 0x0a, 0x0f, 255]) refusal(Uint8Array.of(0, 0, code, 1, 0, 0, 0, 0));
});

test("the writer refuses a shape that does not fit", () => {
  for (const shape of [[], [7], [-2, -3], [1.5, 4], [2 ** 32, 0], new Array<number>(9).fill(1)]) {
    expect(() => writeIdx(shape, new Uint8Array(6))).toThrow(expect.objectContaining({ code: "shape" }));
  }
});

test("fuzz: mutated bytes give a tensor of the input's size or a typed error", () => {
  const good = writeIdx([2, 3, 4], new Uint8Array(24).fill(9));
  const mutation = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 5 }), fc.nat(good.length), (mutations, length) => {
      const bytes = good.slice(0, length);
      for (const [index, value] of mutations) if (index < length) bytes[index] = value;
      try {
        expect(readIdx(bytes).data.byteLength).toBeLessThan(bytes.length);
      } catch (error) {
        if (!isNextscaleError(error)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
});
