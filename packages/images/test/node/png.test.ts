import { isNextscaleError } from "@nextscale/engine";
import { encode, type ImageData } from "fast-png";
import fc from "fast-check";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { crc32 } from "./crc32.fixture.js";
import { deflateSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readPng } from "../../src/node/png-file.js";
import { loadPngFolder } from "../../src/node/png-folder.js";

/** One chunk: length, type, data, checksum. */
function chunk(type: string, data: Uint8Array | number[]): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), Uint8Array.from(data)]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(body.length - 4, 0);
  whole.set(body, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const be32 = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

/** A PNG written by hand: rows are raw, each starting with its filter byte. */
function png(
  header: { width: number; height: number; depth: number; colour: number; interlace?: number },
  rows: number[],
  before: Buffer[] = [],
): Buffer {
  const { width, height, depth, colour, interlace = 0 } = header;
  const ihdr = chunk("IHDR", [...be32(width), ...be32(height), depth, colour, 0, 0, interlace]);
  return Buffer.concat([
    SIGNATURE,
    ihdr,
    ...before,
    chunk("IDAT", deflateSync(Uint8Array.from(rows))),
    chunk("IEND", []),
  ]);
}

function refusal(bytes: Uint8Array): string {
  try {
    readPng(bytes, "a.png");
  } catch (error) {
    if (isNextscaleError(error, "invalid-file")) return error.message;
    throw error;
  }
  throw new Error("the reader accepted the file");
}

test("grey and colour images of any size come back as written", () => {
  const image = fc
    .record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      channels: fc.constantFrom(1, 3),
    })
    .chain((shape) => {
      const length = shape.width * shape.height * shape.channels;
      return fc
        .uint8Array({ minLength: length, maxLength: length })
        .map((data) => ({ ...shape, data: Uint8Array.from(data) }));
    });
  fc.assert(
    fc.property(image, fc.constantFrom("null", "Adam7"), (written, interlace) => {
      expect(readPng(encode(written, { interlace }))).toEqual(written);
    }),
  );
});

test("16-bit samples are rounded, opaque alpha goes, a palette is looked up", () => {
  const deep: ImageData = {
    width: 3,
    height: 1,
    channels: 1,
    depth: 16,
    data: Uint16Array.of(0, 65535, 257 * 7 + 128),
  };
  expect(readPng(encode(deep)).data).toEqual(Uint8Array.of(0, 255, 7));
  const opaque: ImageData = { width: 2, height: 1, channels: 4, data: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255) };
  expect(readPng(encode(opaque))).toMatchObject({ channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  const grey: ImageData = { width: 2, height: 1, channels: 2, data: Uint8Array.of(9, 255, 8, 255) };
  expect(readPng(encode(grey))).toMatchObject({ channels: 1, data: Uint8Array.of(9, 8) });
  const palette = chunk("PLTE", [10, 20, 30, 40, 50, 60]);
  // Three 1-bit pixels: 1 0 1.
  expect(readPng(png({ width: 3, height: 1, depth: 1, colour: 3 }, [0, 0b10100000], [palette]))).toMatchObject({
    channels: 3,
    data: Uint8Array.of(40, 50, 60, 10, 20, 30, 40, 50, 60),
  });
});

test("shallow grey samples fill the range, and rows start on a byte", () => {
  const one = png({ width: 3, height: 2, depth: 1, colour: 0 }, [0, 0b10100000, 0, 0b01000000]);
  expect(readPng(one).data).toEqual(Uint8Array.of(255, 0, 255, 0, 255, 0));
  const two = png({ width: 5, height: 1, depth: 2, colour: 0 }, [0, 0b00011011, 0b11000000]);
  expect(readPng(two).data).toEqual(Uint8Array.of(0, 85, 170, 255, 255));
  const four = png({ width: 3, height: 1, depth: 4, colour: 0 }, [0, 0x0f, 0x80]);
  expect(readPng(four).data).toEqual(Uint8Array.of(0, 255, 136));
});

test("a palette in a colour image is advice, and text does not matter", () => {
  const advice = [chunk("PLTE", [1, 1, 1]), chunk("tEXt", Buffer.from("no end of keyword"))];
  expect(readPng(png({ width: 1, height: 1, depth: 8, colour: 2 }, [0, 7, 8, 9], advice)).data).toEqual(
    Uint8Array.of(7, 8, 9),
  );
});

const grey8 = { width: 2, height: 2, depth: 8, colour: 0 };
const rows = [0, 1, 2, 0, 3, 4];

test("a file that lies is refused, before it can cost anything", () => {
  const good = png(grey8, rows);
  expect(readPng(good).data).toEqual(Uint8Array.of(1, 2, 3, 4));
  for (let length = 0; length < good.length; length++) refusal(good.subarray(0, length));
  const bomb = png(grey8, new Array<number>(1_000_000).fill(0));
  expect(refusal(bomb)).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected 6 bytes of packed samples, got more; the file is truncated, damaged or not PNG: fetch or save it again"`,
  );
  expect(refusal(png(grey8, rows.slice(0, 5)))).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected 6 bytes of packed samples, got 5; the file is truncated, damaged or not PNG: fetch or save it again"`,
  );
  expect(refusal(png({ ...grey8, width: 100_000 }, rows))).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected 1 to 4096 pixels a side, got 100000x2; scale the image down"`,
  );
  expect(refusal(png({ ...grey8, colour: 3 }, rows))).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected a palette, the chunk PLTE, got none; the file is truncated, damaged or not PNG: fetch or save it again"`,
  );
  expect(refusal(png({ ...grey8, depth: 3 }, rows))).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected a header within the PNG standard, got [3,0,0,0,0]; the file is truncated, damaged or not PNG: fetch or save it again"`,
  );
  expect(refusal(png({ ...grey8, depth: 1, interlace: 1 }, rows))).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected at least 8 bits a sample in an interlaced image, got 1; save the image without interlacing"`,
  );
  expect(refusal(png(grey8, rows, [chunk("IHDR", [...be32(9), ...be32(9), 8, 0, 0, 0, 0])]))).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected one chunk IHDR, got more; the file is truncated, damaged or not PNG: fetch or save it again"`,
  );
  expect(refusal(png(grey8, rows, [chunk("HARD", [])]))).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected the chunks of the PNG standard, got a chunk "HARD"; the file is truncated, damaged or not PNG: fetch or save it again"`,
  );
  expect(refusal(png({ ...grey8, colour: 4 }, [0, 1, 255, 2, 254, 0, 3, 255, 4, 255]))).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected an opaque image, got transparent pixels; flatten the image onto a background and save it again"`,
  );
  expect(refusal(png(grey8, rows, [chunk("tRNS", [0, 1])]))).toContain("transparent");
  const outside = png({ ...grey8, colour: 3 }, [0, 1, 2, 0, 0, 0], [chunk("PLTE", [1, 2, 3])]);
  expect(refusal(outside)).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected a PNG image that decodes, got Incorrect index of palette color; the file is damaged: fetch or save it again"`,
  );
  expect(refusal(png({ ...grey8 }, [9, 1, 2, 0, 3, 4]))).toMatchInlineSnapshot(
    `"images/readPng: a.png: expected a PNG image that decodes, got Unsupported filter: 9; the file is damaged: fetch or save it again"`,
  );
  // What follows the last chunk is no part of the image, and common.
  expect(readPng(Buffer.concat([good, Buffer.from("appended")])).data).toEqual(Uint8Array.of(1, 2, 3, 4));
  const flipped = Buffer.from(good);
  flipped[20]! ^= 1;
  refusal(flipped);
});

test("fuzz: mutated files give an image or a typed error, with right checksums too", () => {
  const mutations = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 });
  const base = png(
    { ...grey8, colour: 3 },
    [0, 1, 0, 0, 1, 1],
    [chunk("PLTE", [1, 2, 3, 4, 5, 6]), chunk("tRNS", [255])],
  );
  const reads = (bytes: Uint8Array) => {
    try {
      const { data, width, height, channels } = readPng(bytes);
      expect(data).toHaveLength(width * height * channels);
    } catch (error) {
      if (!isNextscaleError(error)) throw error;
    }
  };
  fc.assert(
    fc.property(mutations, (changes) => {
      const bytes = Uint8Array.from(base);
      for (const [index, value] of changes) bytes[index % bytes.length] = value;
      reads(bytes);
    }),
    { numRuns: 1000 },
  );
  const part = fc.tuple(
    fc.constantFrom("IHDR", "PLTE", "tRNS", "IDAT", "IEND", "gAMA"),
    fc.uint8Array({ maxLength: 14 }),
  );
  const small = fc.constantFrom(0, 1, 2, 3);
  fc.assert(
    fc.property(
      small,
      small,
      fc.constantFrom(1, 2, 4, 8, 16),
      fc.constantFrom(0, 2, 3, 4, 6),
      small,
      fc.array(part),
      fc.uint8Array({ maxLength: 40 }),
      (width, height, depth, colour, interlace, parts, raw) => {
        reads(
          png(
            { width, height, depth, colour, interlace },
            [...raw],
            parts.map(([type, data]) => chunk(type, data)),
          ),
        );
      },
    ),
    { numRuns: 1000 },
  );
});

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "nextscale-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

const pixel = (value: number) => encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(value) });

test("a folder of images, in the order of their names, without labels", async () => {
  put("b.png", pixel(2));
  put("a.PNG", pixel(1));
  put("c10.png", pixel(3));
  put(".hidden.png", "not an image");
  put("notes.txt", "not an image");
  const dataset = await loadPngFolder(folder);
  expect(dataset).toMatchObject({
    count: 3,
    height: 1,
    width: 1,
    channels: 1,
    classes: [],
    images: Uint8Array.of(1, 2, 3),
  });
  expect(dataset.labels).toBeUndefined();
});

test("sub-folders are classes", async () => {
  put("cat/1.png", pixel(1));
  put("dog/1.png", pixel(2));
  put("dog/2.png", pixel(3));
  put("empty/readme.txt", "");
  expect(await loadPngFolder(folder)).toMatchObject({
    classes: ["cat", "dog"],
    labels: Uint8Array.of(0, 1, 1),
    images: Uint8Array.of(1, 2, 3),
  });
});

test("a folder that is no data set is a typed error that says which file", async () => {
  const fails = async (code: string, part: string) =>
    expect(loadPngFolder(folder)).rejects.toMatchObject({ code, message: expect.stringContaining(part) as string });
  await fails("invalid-file", "got none");
  await expect(loadPngFolder(join(folder, "absent"))).rejects.toMatchObject({ code: "invalid-file", got: "ENOENT" });
  put("a.png", pixel(1));
  put("b.png", encode({ width: 2, height: 1, channels: 1, data: Uint8Array.of(1, 2) }));
  await fails("shape", "b.png");
  put("b.png", pixel(2).subarray(0, 30));
  await fails("invalid-file", "b.png");
  put("b.png", pixel(2));
  put("cat/1.png", pixel(2));
  await fails("invalid-file", "a.png beside the folder cat");
});

test("links are followed, and one that leads nowhere is named itself", async () => {
  put("p/a.png", pixel(1));
  mkdirSync(join(folder, "linked"));
  symlinkSync(join(folder, "p", "a.png"), join(folder, "linked", "b.png"));
  expect(await loadPngFolder(join(folder, "linked"))).toMatchObject({ images: Uint8Array.of(1) });
  const link = join(folder, "p", "zz.png");
  symlinkSync("nowhere", link);
  await expect(loadPngFolder(join(folder, "p"))).rejects.toMatchObject({
    code: "invalid-file",
    message: `images/loadPngFolder: expected the link ${link} to lead to a file or folder, got ENOENT; delete the link or mend it`,
  });
});
