import { NextscaleError } from "@nextscale/engine";
import { escaped } from "../formats/markup.js";

/** What a grid of pictures may be at most. */
export const GRID_LIMITS = { pictures: 1000, characters: 5_000_000, columns: 100 } as const;

/** Pixels of a line of captions: text of 12 pixels with room above and below. */
const CAPTION = { height: 22, size: 12 } as const;

/** Options of {@link moleculeGridSvg}. */
export interface MoleculeGridOptions {
  /** Pictures in a row, 1 to 100. */
  readonly columns: number;
  /** A line of text below each picture. */
  readonly captions?: readonly string[];
}

/**
 * Pictures of molecules side by side, in one SVG document. Each keeps its size in a cell of the largest one's; what has an id in
 * a picture gets one of its own in the document.
 *
 * @param svgs what `drawings` of a `Chemistry` gave
 * @throws NextscaleError `invalid-data` for what is no SVG document with a size, or too much, `invalid-argument` for columns out of
 *   range or captions of another number
 */
export function moleculeGridSvg(svgs: readonly string[], { columns, captions }: MoleculeGridOptions): string {
  const wrong = (expected: string, got: string) =>
    new NextscaleError({ code: "invalid-argument", where: WHERE, expected, got });
  if (!Number.isInteger(columns) || columns < 1 || columns > GRID_LIMITS.columns) {
    throw wrong(`1 to ${GRID_LIMITS.columns} columns`, `${columns}`);
  }
  if (captions !== undefined && captions.length !== svgs.length)
    throw wrong(`${svgs.length} captions`, `${captions.length}`);
  if (svgs.length > GRID_LIMITS.pictures) throw invalid(`at most ${GRID_LIMITS.pictures} pictures`, `${svgs.length}`);

  const pictures = svgs.map(pictureOf);
  const cellWidth = Math.max(0, ...pictures.map(({ width }) => width));
  const cellHeight =
    Math.max(0, ...pictures.map(({ height }) => height)) + (captions === undefined ? 0 : CAPTION.height);
  const cells = pictures.map(({ width, height, body }, i) => {
    const [x, y] = [(i % columns) * cellWidth, Math.floor(i / columns) * cellHeight];
    const left = x + (cellWidth - width) / 2;
    const picture = `<svg x="${left}" y="${y}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
    if (captions === undefined) return picture;
    const place = `x="${x + cellWidth / 2}" y="${y + cellHeight - 7}" text-anchor="middle"`;
    return `${picture}\n<text ${place} font-family="sans-serif" font-size="${CAPTION.size}">${escaped(captions[i]!)}</text>`;
  });
  const width = cellWidth * Math.min(columns, pictures.length);
  const height = cellHeight * Math.ceil(pictures.length / columns);
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`;
  return [open, `<rect width="${width}" height="${height}" fill="#ffffff"/>`, ...cells, "</svg>", ""].join("\n");
}

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly body: string;
}

/** What is inside a document's outermost element, and its size. */
function pictureOf(svg: string, number: number): Picture {
  if (svg.length > GRID_LIMITS.characters)
    throw invalid(`pictures of at most ${GRID_LIMITS.characters} characters`, `${svg.length}`);
  const found = /^(?:<\?xml[^>]*\?>)?\s*<svg\b([^>]*)>([^]*)<\/svg>\s*$/.exec(svg);
  const [, attributes = "", body = ""] = found ?? [];
  const [width, height] = [sizeIn(attributes, "width"), sizeIn(attributes, "height")];
  if (width === undefined || height === undefined)
    throw invalid("SVG documents with a width and a height", svg.slice(0, 60));
  return { width, height, body: withOwnIds(body, `m${number}-`).trim() };
}

function sizeIn(attributes: string, name: string): number | undefined {
  const found = new RegExp(`(?:^|\\s)${name}=['"]([0-9]+(?:\\.[0-9]+)?)(?:px)?['"]`).exec(attributes)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Puts a prefix before every id and every mention of one. */
function withOwnIds(body: string, prefix: string): string {
  return body
    .replace(/(\sid=['"])/g, `$1${prefix}`)
    .replace(/url\((['"]?)#/g, `url($1#${prefix}`)
    .replace(/(\s(?:xlink:)?href=['"]#)/g, `$1${prefix}`);
}

const WHERE = "graphs/moleculeGridSvg";

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where: WHERE, expected, got });
}
