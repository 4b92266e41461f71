import { NextscaleError } from "@nextscale/engine";
import { inflateSync } from "node:zlib";
import { IMAGE_LIMITS } from "../data/image-dataset.js";

/** A PNG file with its structure checked (https://www.w3.org/TR/png-3/). */
export interface CheckedPng {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: number;
  /** The same image without the chunks that do not change its samples. */
  readonly essential: Uint8Array;
}

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** Samples a pixel and allowed depths by colour type: grey, colour, palette, grey with alpha, colour with alpha. */
const COLOUR_TYPES: ReadonlyMap<number, { samples: number; depths: readonly number[] }> = new Map([
  [0, { samples: 1, depths: [1, 2, 4, 8, 16] }],
  [2, { samples: 3, depths: [8, 16] }],
  [3, { samples: 1, depths: [1, 2, 4, 8] }],
  [4, { samples: 2, depths: [8, 16] }],
  [6, { samples: 4, depths: [8, 16] }],
]);

/** Start and step of the seven passes of Adam7 interlacing, as [x, y, x step, y step]. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * Checks what a decoder would have to take on trust: that the chunks fit the file, that the sizes are within
 * {@link IMAGE_LIMITS}, and that the packed samples are exactly as many as the header says, neither fewer (which decodes
 * to black) nor more (which can be a thousand times the file).
 *
 * @throws NextscaleError `invalid-file`
 */
export function checkPng(bytes: Uint8Array, file: string): CheckedPng {
  const refuse: Refuse = (expected, got, fix = "the file is truncated, damaged or not PNG: fetch or save it again") => {
    throw new NextscaleError({ code: "invalid-file", where: `images/readPng: ${file}`, expected, got, fix });
  };
  if (!SIGNATURE.every((byte, index) => bytes[index] === byte)) refuse("a PNG signature", "another start");
  const chunks = splitChunks(bytes, refuse);
  const header = readHeader(chunks, refuse);
  const unknown = chunks.find(({ type }) => isCritical(type) && !["IHDR", "PLTE", "IDAT", "IEND"].includes(type));
  if (unknown !== undefined) refuse("the chunks of the PNG standard", `a chunk ${JSON.stringify(unknown.type)}`);
  // In a colour image a palette is only advice to displays with few colours.
  const essentials = ["IHDR", ...(header.indexed ? ["PLTE"] : []), "tRNS", "IDAT", "IEND"];
  const kept = chunks.filter(({ type }) => essentials.includes(type));
  if (header.indexed && !kept.some(({ type }) => type === "PLTE")) refuse("a palette, the chunk PLTE", "none");
  for (const type of ["IHDR", "PLTE", "tRNS", "IEND"]) {
    if (kept.filter((chunk) => chunk.type === type).length > 1) refuse(`one chunk ${type}`, "more");
  }
  checkSampleCount(kept, header.packedBytes, refuse);
  const essential = Buffer.concat([Uint8Array.from(SIGNATURE), ...kept.map(({ whole }) => whole)]);
  return { width: header.width, height: header.height, depth: header.depth, essential };
}

type Refuse = (expected: string, got: string, fix?: string) => never;

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Length, type, data and checksum. */
  readonly whole: Uint8Array;
}

function splitChunks(bytes: Uint8Array, refuse: Refuse): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let offset = SIGNATURE.length;
  while (chunks.at(-1)?.type !== "IEND") {
    if (offset + 12 > bytes.length) return refuse("a chunk IEND", "the end of the file");
    const end = offset + 12 + view.getUint32(offset);
    if (end > bytes.length) return refuse(`${end} bytes`, `a file of ${bytes.length}`);
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    chunks.push({ type, data: bytes.subarray(offset + 8, end - 4), whole: bytes.subarray(offset, end) });
    offset = end;
  }
  return chunks;
}

/** A chunk that a decoder must understand has a capital first letter. */
function isCritical(type: string): boolean {
  return (type.charCodeAt(0) & 0x20) === 0;
}

function readHeader(chunks: readonly Chunk[], refuse: Refuse) {
  const { type, data } = chunks[0]!;
  if (type !== "IHDR" || data.length !== 13) return refuse("a first chunk IHDR of 13 bytes", JSON.stringify(type));
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colourType, compression, filter, interlace] = data.subarray(8) as unknown as number[];
  const { extent } = IMAGE_LIMITS;
  if (width < 1 || height < 1 || width > extent || height > extent) {
    refuse(`1 to ${extent} pixels a side`, `${width}x${height}`, "scale the image down");
  }
  const colour = COLOUR_TYPES.get(colourType!);
  if (!colour?.depths.includes(depth!) || compression !== 0 || filter !== 0 || interlace! > 1) {
    return refuse("a header within the PNG standard", `[${data.subarray(8).join(",")}]`);
  }
  if (interlace === 1 && depth! < 8) {
    refuse("at least 8 bits a sample in an interlaced image", String(depth), "save the image without interlacing");
  }
  const bitsPerPixel = colour.samples * depth!;
  const passes = interlace === 1 ? ADAM7 : ([[0, 0, 1, 1]] as const);
  const packedBytes = passes.reduce((sum, [x, y, stepX, stepY]) => {
    const columns = Math.ceil((width - x) / stepX);
    const rows = Math.ceil((height - y) / stepY);
    // One byte a row names its filter; a pass without columns has no rows either.
    return columns < 1 || rows < 1 ? sum : sum + rows * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  }, 0);
  return { width, height, depth: depth!, indexed: colourType === 3, packedBytes };
}

function checkSampleCount(chunks: readonly Chunk[], expected: number, refuse: Refuse): void {
  const packed = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data));
  let length: number;
  try {
    length = inflateSync(packed, { maxOutputLength: expected + 1 }).length;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(`${expected} bytes of packed samples`, code === "ERR_BUFFER_TOO_LARGE" ? "more" : String(code));
  }
  if (length !== expected) refuse(`${expected} bytes of packed samples`, `${length}`);
}
