import { NextscaleError } from "@nextscale/engine";
import { encode } from "fast-png";
import { FONT_HEIGHT, glyphsOf } from "./font.js";
import { type DrawableImage, toByteSamples } from "./raster.js";

/** Paper and ink of all pictures: dark tiles stand out, and so do labels. */
const PAPER = 250;
const INK = 64;

/** A picture of 16,384 x 16,384; more would not open anywhere. */
const MOST_PIXELS = 2 ** 28;

/** A picture being drawn: pixels [height, width, channels], grey when all of its images are. */
export interface Canvas {
  readonly pixels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * An empty sheet of paper.
 *
 * @throws NextscaleError `invalid-argument` for a picture without pixels or with too many
 */
export function createCanvas(width: number, height: number, channels: 1 | 3, where: string): Canvas {
  if (!(width * height >= 1 && width * height <= MOST_PIXELS)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where,
      expected: `a picture of 1 to ${MOST_PIXELS} pixels`,
      got: `${width}x${height}`,
      fix: "draw fewer images or at a smaller scale",
    });
  }
  return { pixels: new Uint8Array(width * height * channels).fill(PAPER), width, height, channels };
}

/** Draws an image at (x, y), stretched to `width` x `height` pixels by its nearest samples. */
export function drawImage(
  canvas: Canvas,
  image: DrawableImage,
  at: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  where: string,
): void {
  const samples = toByteSamples(image.data, where);
  for (let row = 0; row < at.height; row++) {
    const sourceRow = nearest(row, at.height, image.height) * image.width;
    for (let column = 0; column < at.width; column++) {
      const source = (sourceRow + nearest(column, at.width, image.width)) * image.channels;
      const target = ((at.y + row) * canvas.width + at.x + column) * canvas.channels;
      for (let channel = 0; channel < canvas.channels; channel++) {
        canvas.pixels[target + channel] = samples[source + (image.channels === 1 ? 0 : channel)]!;
      }
    }
  }
}

/** The sample whose area holds the centre of a pixel. */
function nearest(pixel: number, pixels: number, samples: number): number {
  return Math.floor(((pixel + 0.5) * samples) / pixels);
}

/** Writes a text with its upper left corner at (x, y), each font pixel `scale` pixels wide. */
export function drawText(canvas: Canvas, text: string, x: number, y: number, scale: number): void {
  let left = x;
  for (const glyph of glyphsOf(text)) {
    const width = glyph[0]!.length;
    for (let row = 0; row < FONT_HEIGHT * scale; row++) {
      for (let column = 0; column < width * scale; column++) {
        if (glyph[Math.floor(row / scale)]![Math.floor(column / scale)] !== "#") continue;
        const target = ((y + row) * canvas.width + left + column) * canvas.channels;
        canvas.pixels.fill(INK, target, target + canvas.channels);
      }
    }
    left += (width + 1) * scale;
  }
}

/** The picture as a PNG file. */
export function encodeCanvas({ pixels, width, height, channels }: Canvas): Uint8Array {
  // Enlarged samples repeat themselves: the strongest compression takes no longer than the library's default here and
  // makes files a quarter to a half smaller.
  return encode({ data: pixels, width, height, channels, depth: 8 }, { zlib: { level: 9 } });
}
