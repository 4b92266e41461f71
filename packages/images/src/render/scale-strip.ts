import { NextscaleError } from "@nextscale/engine";
import { createCanvas, drawImage, drawText, encodeCanvas } from "./canvas.js";
import { FONT_HEIGHT, textWidth } from "./font.js";
import { labelScale } from "./grid.js";
import type { DrawableImage } from "./raster.js";

/** How to lay out a strip. */
export interface ScaleStripOptions {
  /** Height in pixels to which every image is stretched. Default: 112. */
  readonly height?: number;
  /** Pixels between images. Default: 6. */
  readonly gap?: number;
  /** A text under each column, such as `4x4`. */
  readonly columnLabels?: readonly string[];
  /** A text before each row. */
  readonly rowLabels?: readonly string[];
}

const WHERE = "images/renderScaleStrip";

/**
 * Draws rows of images of different sizes, such as one sample at every scale from coarse to fine, each stretched by
 * its nearest samples to the same height. Returns a PNG file; it is grey when all images are.
 *
 * @throws NextscaleError `shape` for rows of different lengths, images without samples, or labels that are not as many,
 *   `invalid-argument` for an option out of range, `invalid-data` for NaN
 */
export function renderScaleStrip(
  rows: readonly (readonly DrawableImage[])[],
  options: ScaleStripOptions = {},
): Uint8Array {
  const { height = 112, gap = 6, columnLabels, rowLabels = [] } = options;
  check(rows, options, height, gap);
  const images = rows.flat();
  const columns = rows[0]!.length;
  const stretchedWidth = (image: DrawableImage) => Math.max(1, Math.round((image.width * height) / image.height));
  const textScale = labelScale(height);
  const labelWidth = (text: string) => textWidth(text) * textScale;

  const columnWidths = Array.from({ length: columns }, (_, column) =>
    Math.max(labelWidth(columnLabels?.[column] ?? ""), ...rows.map((row) => stretchedWidth(row[column]!))),
  );
  const margin = 2 * gap;
  const rowLabelWidth = rowLabels.length === 0 ? 0 : Math.max(...rowLabels.map(labelWidth)) + margin;
  const footer = columnLabels === undefined ? 0 : (FONT_HEIGHT + 2) * textScale;
  const totalWidth = 2 * margin + rowLabelWidth + sum(columnWidths) + (columns - 1) * gap;
  const totalHeight = 2 * margin + rows.length * (height + gap) - gap + footer;
  const channels = images.every((image) => image.channels === 1) ? 1 : 3;
  const canvas = createCanvas(totalWidth, totalHeight, channels, WHERE);

  rows.forEach((row, index) => {
    const y = margin + index * (height + gap);
    const middle = y + Math.floor((height - FONT_HEIGHT * textScale) / 2);
    drawText(canvas, rowLabels[index] ?? "", margin, middle, textScale);
    let x = margin + rowLabelWidth;
    row.forEach((image, column) => {
      const width = stretchedWidth(image);
      const left = x + Math.floor((columnWidths[column]! - width) / 2);
      drawImage(canvas, image, { x: left, y, width, height }, WHERE);
      x += columnWidths[column]! + gap;
    });
  });
  let x = margin + rowLabelWidth;
  columnLabels?.forEach((label, column) => {
    const left = x + Math.floor((columnWidths[column]! - labelWidth(label)) / 2);
    drawText(canvas, label, left, totalHeight - margin - FONT_HEIGHT * textScale, textScale);
    x += columnWidths[column]! + gap;
  });
  return encodeCanvas(canvas);
}

function check(
  rows: readonly (readonly DrawableImage[])[],
  { columnLabels, rowLabels }: ScaleStripOptions,
  height: number,
  gap: number,
): void {
  const refuse = (code: "shape" | "invalid-argument", expected: string, got: string): never => {
    throw new NextscaleError({ code, where: WHERE, expected, got });
  };
  const columns = rows[0]?.length ?? 0;
  if (columns === 0 || rows.some((row) => row.length !== columns)) {
    refuse("shape", "rows of as many images each, at least one", `[${rows.map((row) => row.length).join(",")}]`);
  }
  for (const image of rows.flat()) {
    const samples = image.height * image.width * image.channels;
    if (!(samples >= 1) || image.data.length !== samples) {
      const expected = `samples for an image of ${image.height}x${image.width}x${image.channels}`;
      refuse("shape", expected, String(image.data.length));
    }
  }
  if ((columnLabels?.length ?? columns) !== columns) {
    refuse("shape", `${columns} column labels`, String(columnLabels?.length));
  }
  if ((rowLabels?.length ?? rows.length) !== rows.length) {
    refuse("shape", `${rows.length} row labels`, String(rowLabels?.length));
  }
  if (!(Number.isInteger(height) && height >= 1)) refuse("invalid-argument", "a whole height from 1", String(height));
  if (!(Number.isInteger(gap) && gap >= 0)) refuse("invalid-argument", "a whole gap from 0", String(gap));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
