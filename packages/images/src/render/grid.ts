import { NextscaleError } from "@nextscale/engine";
import { createCanvas, drawImage, drawText, encodeCanvas } from "./canvas.js";
import { FONT_HEIGHT, textWidth } from "./font.js";

/** Shape of the images of a grid, and how to lay them out. */
export interface GridOptions {
  /** Height of one image in samples. */
  readonly height: number;
  /** Width of one image in samples. */
  readonly width: number;
  readonly channels: 1 | 3;
  /** Images a row. Default: as many as make the grid about square. */
  readonly columns?: number;
  /** Pixels a sample, a whole number. Default: such that the longer side of an image is about 84 pixels. */
  readonly scale?: number;
  /** Pixels between images. Default: 4. */
  readonly gap?: number;
  /** A text under each image. */
  readonly labels?: readonly string[];
}

const WHERE = "images/renderGrid";

/**
 * Draws images [n,height,width,channels] as a grid on light paper, row by row, and returns a PNG file.
 *
 * @param images bytes, or floats from 0 to 1, which are clipped
 * @throws NextscaleError `shape` when the data is not a whole number of images or the labels are not as many,
 *   `invalid-argument` for an option out of range, `invalid-data` for NaN
 */
export function renderGrid(images: Uint8Array | Float32Array, options: GridOptions): Uint8Array {
  const { height, width, channels, gap = 4, labels } = options;
  const size = height * width * channels;
  const count = images.length / size;
  if (!Number.isInteger(count) || count < 1) {
    throw shapeError(
      `a whole number of ${height}x${width}x${channels} images, at least one`,
      `${images.length} samples`,
    );
  }
  if (labels !== undefined && labels.length !== count) throw shapeError(`${count} labels`, String(labels.length));
  const columns = Math.min(count, wholeOption("columns", options.columns ?? Math.ceil(Math.sqrt(count)), 1));
  const scale = wholeOption("scale", options.scale ?? Math.max(1, Math.round(84 / Math.max(height, width))), 1);
  wholeOption("gap", gap, 0);

  const text = labelStyle(labels, height * scale);
  const cellWidth = Math.max(width * scale, text.width);
  const cellHeight = height * scale + text.height;
  const margin = 2 * gap;
  const rows = Math.ceil(count / columns);
  const extent = (cells: number, cell: number) => 2 * margin + cells * cell + (cells - 1) * gap;
  const canvas = createCanvas(extent(columns, cellWidth), extent(rows, cellHeight), channels, WHERE);
  for (let index = 0; index < count; index++) {
    const x = margin + (index % columns) * (cellWidth + gap);
    const y = margin + Math.floor(index / columns) * (cellHeight + gap);
    const image = { data: images.subarray(index * size, (index + 1) * size), height, width, channels };
    const left = x + Math.floor((cellWidth - width * scale) / 2);
    drawImage(canvas, image, { x: left, y, width: width * scale, height: height * scale }, WHERE);
    const label = labels?.[index];
    if (label === undefined) continue;
    const textLeft = x + Math.floor((cellWidth - textWidth(label) * text.scale) / 2);
    drawText(canvas, label, textLeft, y + height * scale + text.above, text.scale);
  }
  return encodeCanvas(canvas);
}

/** Size of the labels under images of a height in pixels. */
function labelStyle(labels: readonly string[] | undefined, imageHeight: number) {
  if (labels === undefined) return { scale: 0, width: 0, height: 0, above: 0 };
  const scale = labelScale(imageHeight);
  const width = scale * Math.max(...labels.map(textWidth));
  // The rows below the baseline are mostly empty and serve as the space below a label.
  return { scale, width, height: (FONT_HEIGHT + 2) * scale, above: 2 * scale };
}

/** Font pixels for labels beside images of a height in pixels: about a sixth of it, and never unreadably large. */
export function labelScale(imageHeight: number): number {
  return Math.min(4, Math.max(1, Math.round(imageHeight / (6 * FONT_HEIGHT))));
}

function wholeOption(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  const expected = `${name} to be a whole number from ${least}`;
  throw new NextscaleError({ code: "invalid-argument", where: WHERE, expected, got: String(value) });
}

function shapeError(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "shape", where: WHERE, expected, got });
}
