import fc from "fast-check";
import { expect, test } from "vitest";
import { isNextscaleError } from "../../src/errors.js";
import { readSafetensors } from "../../src/safetensors/read.js";
import type { WritableSafetensor } from "../../src/safetensors/tensor.js";
import { writeSafetensors } from "../../src/safetensors/write.js";

/** A file with this header and data, whatever they say; `length` overrides the header's length. */
function file(header: unknown, data = new Uint8Array(0), length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

/** The message of the typed error that reading throws; anything else fails the test. */
function refusal(bytes: Uint8Array, code: "invalid-file" | "invalid-data" = "invalid-file"): string {
  try {
    readSafetensors(bytes, "w.safetensors");
  } catch (error) {
    if (isNextscaleError(error, code)) return error.message;
    throw error;
  }
  throw new Error("the reader accepted the file");
}

const elementCount = (shape: readonly number[]) => shape.reduce((product, extent) => product * extent, 1);

function tensorOf(
  shape: number[],
  dtype: WritableSafetensor["dtype"],
  bytes: Uint8Array<ArrayBuffer>,
): WritableSafetensor {
  const n = elementCount(shape);
  switch (dtype) {
    case "F32":
      return { dtype, shape, data: new Float32Array(bytes.buffer, 0, n) };
    case "F64":
      return { dtype, shape, data: new Float64Array(bytes.buffer, 0, n) };
    case "I32":
      return { dtype, shape, data: new Int32Array(bytes.buffer, 0, n) };
    case "I64":
      return { dtype, shape, data: new BigInt64Array(bytes.buffer, 0, n) };
    case "U8":
      return { dtype, shape, data: bytes.slice(0, n) };
    case "BOOL":
      return { dtype, shape, data: bytes.slice(0, n).map((value) => value & 1) };
  }
}

const anyTensor: fc.Arbitrary<WritableSafetensor> = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    fc.constantFrom("F32", "F64", "I32", "I64", "U8", "BOOL"),
    fc.uint8Array({ minLength: 512, maxLength: 512 }),
  )
  .map(([shape, dtype, bytes]) => tensorOf(shape, dtype, new Uint8Array(bytes)));

const name = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("__proto__", "constructor", "0", "10", "9", "blocks/0/attention/query", 'a"b\\c\n', "größe", "尺度"),
);
const record = <T>(value: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 5 })
    .map((pairs) => Object.fromEntries(pairs));

const bitsOf = (array: ArrayBufferView) => [...new Uint8Array(array.buffer, array.byteOffset, array.byteLength)];

test("what is written is read back, bit by bit (NaN payloads too), and the bytes do not depend on the records' order", () => {
  fc.assert(
    fc.property(record(anyTensor), record(fc.string({ unit: "grapheme" })), (tensors, metadata) => {
      const bytes = writeSafetensors(tensors, metadata);
      const read = readSafetensors(bytes);
      expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(tensors).sort());
      for (const [key, tensor] of Object.entries(tensors)) {
        const back = read.tensors[key]!;
        expect([back.dtype, back.shape]).toEqual([tensor.dtype, tensor.shape]);
        expect(back.data.constructor).toBe(tensor.data.constructor);
        expect(bitsOf(back.data)).toEqual(bitsOf(tensor.data));
      }
      expect(Object.entries(read.metadata).sort()).toEqual(Object.entries(metadata).sort());
      const reversed = <T>(source: Record<string, T>) => Object.fromEntries(Object.entries(source).reverse());
      expect(writeSafetensors(reversed(tensors), reversed(metadata))).toEqual(bytes);
    }),
  );
});

test("every tensor is aligned to its elements, after a header that ends on a multiple of eight", () => {
  fc.assert(
    fc.property(record(anyTensor), (tensors) => {
      const bytes = writeSafetensors(tensors);
      const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(headerLength % 8).toBe(0);
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength))) as object;
      for (const [key, entry] of Object.entries(header) as [string, { data_offsets: [number, number] }][]) {
        expect(entry.data_offsets[0] % tensors[key]!.data.BYTES_PER_ELEMENT).toBe(0);
      }
    }),
  );
});

test("the bytes are those of the reference implementation (safetensors/src/tensor.rs, test_serialization)", () => {
  const bytes = writeSafetensors({
    "attn.0": { dtype: "F32", shape: [1, 2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
  });
  const header = '{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}';
  expect(header.length).toBe(64);
  const data = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
  expect(bytes).toEqual(file(header, data));
});

test("half-precision tensors arrive widened, exactly", () => {
  const words = Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x8000, 0x0400, 0x7c00, 0xfc00, 0x7e00, 0x3555);
  const header = { h: { dtype: "F16", shape: [10], data_offsets: [0, 20] } };
  const { h } = readSafetensors(file(header, new Uint8Array(words.buffer))).tensors;
  const third = 0x555 / 4096;
  expect(h!.data).toEqual(Float32Array.of(1, -2, 65504, 2 ** -24, -0, 2 ** -14, Infinity, -Infinity, NaN, third));
  const brain = Uint16Array.of(0x3f80, 0xc000, 0x0001, 0x7f80, 0x7fc0);
  const bfloat = { b: { dtype: "BF16", shape: [5], data_offsets: [0, 10] } };
  const { b } = readSafetensors(file(bfloat, new Uint8Array(brain.buffer))).tensors;
  expect(b!.data).toEqual(Float32Array.of(1, -2, 2 ** -133, Infinity, NaN));
});

test("arrays are copies, also of a Node Buffer that is a view of a pool", () => {
  const tensor: WritableSafetensor = { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) };
  const bytes = Buffer.concat([Buffer.from("xyz"), writeSafetensors({ tensor })]).subarray(3);
  const read = readSafetensors(bytes);
  bytes.fill(0);
  expect(read.tensors["tensor"]!.data).toEqual(Float32Array.of(1, 2));
  expect(read.tensors["tensor"]!.data.buffer.byteLength).toBe(8);
});

test("a file that lies is refused, and the message names the file and the tensor", () => {
  const f32 = (shape: unknown, begin: number, end: number) => ({ dtype: "F32", shape, data_offsets: [begin, end] });
  const four = new Uint8Array(4);
  const eight = new Uint8Array(8);
  expect(refusal(new Uint8Array(7))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected a safetensors file of at least 8 bytes, got 7 bytes; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file("{}", four, 2n ** 63n))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected a header of at most 6 bytes in a file of 14, got 9223372036854775808 bytes; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file("{}", four, 100n))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected a header of at most 6 bytes in a file of 14, got 100 bytes; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file(" {}"))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected a header starting with "{", got another byte; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file(""))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected a header starting with "{", got an empty header; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file({ w: f32([1], 0, 4) }))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected tensor "w" to start at byte 0 and end within the 0 bytes of data, got data_offsets 0 to 4; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file({ w: f32([2], 0, 4) }, four))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected 8 bytes for tensor "w" of F32[2], got data_offsets 0 to 4; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file({ a: f32([1], 0, 4), w: f32([1], 0, 4) }, four))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected tensor "w" to start at byte 4 and end within the 4 bytes of data, got data_offsets 0 to 4; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file({ w: f32([1], 4, 8) }, eight))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected tensor "w" to start at byte 0 and end within the 8 bytes of data, got data_offsets 4 to 8; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file({ w: f32([1], 0, 4) }, eight))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected the tensors to cover the 8 bytes of data, got 4 bytes covered; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file({ w: { dtype: "F8_E4M3", shape: [4], data_offsets: [0, 4] } }, four))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected tensor "w" of a dtype among F64, I64, F32, I32, F16, BF16, U8, BOOL, got "F8_E4M3"; convert the tensor to one of these types"`,
  );
  expect(refusal(file({ w: { dtype: "toString", shape: [4], data_offsets: [0, 4] } }, four))).toContain("dtype among");
  expect(refusal(file({ w: { dtype: "F32", shape: [1] } }, four))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected dtype, shape and two data_offsets for tensor "w", got an entry without them at character 32 of the header; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  expect(refusal(file({ w: { ...f32([1], 0, 4), strides: [1] } }, four))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected dtype, shape and data_offsets for tensor "w", got the key "strides" at character 63 of the header; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  const twice = '{"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"\\u0077":{}}';
  expect(refusal(file(twice, four))).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected every key once, got a second "w" at character 61 of the header; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
  const bool = file({ mask: { dtype: "BOOL", shape: [2], data_offsets: [0, 2] } }, Uint8Array.of(1, 2));
  expect(refusal(bool, "invalid-data")).toMatchInlineSnapshot(
    `"engine/safetensors: w.safetensors: expected 0 or 1 in tensor "mask" of BOOL, got 2; the file is truncated, damaged or not safetensors: fetch or write it again"`,
  );
});

test("sizes that overflow, negative, fractional or huge numbers, deep nesting and too many keys are refused", () => {
  const withShape = (shape: string) => `{"w":{"dtype":"F32","shape":${shape},"data_offsets":[0,0]}}`;
  for (const shape of [
    "[4294967296,4294967296]",
    "[9007199254740991,9007199254740991]",
    "[9007199254740992]",
    "[18446744073709551616]",
    "[-1]",
    "[1.5]",
    "[1e3]",
    "[01]",
    "[null]",
    "[true]",
    '["1"]',
    "[1,]",
    `[${"1,".repeat(32)}1]`,
    `[${"9007199254740991,".repeat(31)}0]`,
    "[".repeat(100_000),
    '{"a":1}',
  ]) {
    expect(refusal(file(withShape(shape)))).toContain("w.safetensors");
  }
  expect(readSafetensors(file(withShape("[9007199254740991,0]"))).tensors["w"]!.data).toHaveLength(0);
  const keys = Array.from({ length: 100_001 }, (_, index) => `"${index}":""`).join(",");
  expect(refusal(file(`{"__metadata__":{${keys}}}`))).toContain("at most 100000 keys");
});

test("only JSON text is a header", () => {
  for (const text of [
    "{",
    "{}}",
    "[]",
    '{"a"}',
    '{"a":}',
    '{"__metadata__":{"a":1}}',
    '{"a\n":{}}',
    '{"a',
    '{"a\\',
    '{"\\x":{}}',
    "{} x",
  ]) {
    expect(refusal(file(text))).toContain("w.safetensors");
  }
  expect(refusal(new Uint8Array([...file("{   ").subarray(0, 9), 0xff, 0xfe, 0x7d]))).toContain("UTF-8");
  expect(readSafetensors(file('{ "__metadata__" : { "a" : "b" } }\n  ')).metadata).toEqual({ a: "b" });
});

test("the writer refuses what the reader would", () => {
  const data = Float32Array.of(1, 2);
  const refuses = (
    tensors: Record<string, WritableSafetensor>,
    code: string,
    metadata: Record<string, string> = {},
  ) => {
    expect(() => writeSafetensors(tensors, metadata)).toThrow(expect.objectContaining({ code }));
  };
  refuses({ w: { dtype: "F32", shape: [3], data } }, "shape");
  refuses({ w: { dtype: "F32", shape: [1], data: Float64Array.of(1) as unknown as Float32Array } }, "shape");
  refuses({ w: { dtype: "F32", shape: [-1, -2], data } }, "invalid-argument");
  refuses({ w: { dtype: "F32", shape: new Array<number>(33).fill(1), data } }, "invalid-argument");
  refuses({ w: { dtype: "BOOL", shape: [1], data: Uint8Array.of(2) } }, "invalid-argument");
  refuses({ __metadata__: { dtype: "F32", shape: [2], data } }, "invalid-argument");
  refuses({ "\ud800": { dtype: "F32", shape: [2], data } }, "invalid-argument");
  refuses({}, "invalid-argument", { a: 1 as unknown as string });
});

/** A small but complete file to damage. */
const sample = writeSafetensors(
  {
    "head/weight": { dtype: "F32", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    mask: { dtype: "BOOL", shape: [3], data: Uint8Array.of(1, 0, 1) },
    step: { dtype: "I64", shape: [], data: BigInt64Array.of(7n) },
  },
  { format: "nextscale" },
);

/** Reads; passes silently when the result is within the input's size, and rethrows all but our own errors. */
function readsOrRefuses(bytes: Uint8Array): void {
  try {
    const { tensors } = readSafetensors(bytes);
    const size = Object.values(tensors).reduce((sum, { data }) => sum + data.buffer.byteLength, 0);
    expect(size).toBeLessThanOrEqual(2 * bytes.length);
  } catch (error) {
    if (!isNextscaleError(error)) throw error;
  }
}

test("fuzz: no mutation of bytes brings anything but a result or a typed error", () => {
  const mutation = fc.tuple(fc.nat(sample.length - 1), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => {
      const bytes = sample.slice();
      for (const [index, value] of mutations) bytes[index] = value;
      readsOrRefuses(bytes);
    }),
    { numRuns: 3000 },
  );
});

test("fuzz: arbitrary headers made of the format's own words", () => {
  const words = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"w"',
    '"dtype"',
    '"shape"',
    '"data_offsets"',
    '"F32"',
    '"U8"',
    "0",
    "4",
    "9e9",
    '"__metadata__"',
    " ",
    '"',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...words), { maxLength: 30 }),
      fc.uint8Array({ maxLength: 8 }),
      (parts, data) => {
        readsOrRefuses(file(`{${parts.join("")}`, new Uint8Array(data)));
      },
    ),
    { numRuns: 3000 },
  );
});

test("every truncation and every extension is refused", () => {
  for (let length = 0; length < sample.length; length++) refusal(sample.slice(0, length));
  refusal(new Uint8Array([...sample, 0]));
});
