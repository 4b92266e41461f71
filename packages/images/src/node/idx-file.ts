import { basename } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { NextscaleError } from "@nextscale/engine";
import { readRegularFile } from "@nextscale/engine/node";
import { requireArgument, requireOptions } from "@nextscale/refinement-core";
import { type IdxTensor, readIdx } from "../data/idx.js";
import { datasetFromIdx, IMAGE_LIMITS, type ImageDataset } from "../data/image-dataset.js";

const unpack = promisify(gunzip);

/** Room for the largest data set and its header. */
const MOST_BYTES = IMAGE_LIMITS.bytes + 64;

/**
 * Reads a file that may be packed with gzip, within the cap of {@link IMAGE_LIMITS}.
 *
 * @throws NextscaleError `invalid-file`
 */
export async function readMaybeGzip(path: string): Promise<Uint8Array> {
  try {
    const bytes = await readRegularFile(path, MOST_BYTES);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpack(bytes, { maxOutputLength: MOST_BYTES }) : bytes;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw unreadable(path, PACKING[code ?? ""] ?? code ?? message, error);
  }
}

/** What zlib says, in words. */
const PACKING: Readonly<Record<string, string>> = {
  ERR_BUFFER_TOO_LARGE: "more than that",
  Z_BUF_ERROR: "gzip that is cut off",
  Z_DATA_ERROR: "damaged gzip",
};

function unreadable(path: string, got: string, cause?: unknown): NextscaleError {
  return new NextscaleError({
    code: "invalid-file",
    where: "images/readFile",
    expected: `a readable file ${path} of at most ${MOST_BYTES} bytes, unpacked`,
    got,
    fix: "check the path, or fetch the file again",
    cause,
  });
}

/** Reads an IDX file, packed with gzip or not. */
export async function readIdxFile(path: string): Promise<IdxTensor> {
  return readIdx(await readMaybeGzip(path), path);
}

/** Options of {@link loadIdxPair}. */
export interface IdxPairOptions {
  /** Default: the name of the file of images. */
  readonly name?: string;
  /** Names of the classes. Default: the numbers from 0 to the largest label. */
  readonly classes?: readonly string[];
}

const PAIR = "images/loadIdxPair";
const TEXT = { expected: "a text", fits: (value: unknown) => typeof value === "string" };
const TEXTS = {
  expected: "a list of texts",
  fits: (value: unknown) => Array.isArray(value) && Array.from(value).every(TEXT.fits),
};

/**
 * Loads a data set from IDX files, packed with gzip or not: uint8 images [n,h,w] or [n,h,w,c], uint8 labels [n].
 *
 * @param labels path of the labels; without it the data set has none
 * @throws NextscaleError `invalid-argument`, `invalid-file`, `shape` or `invalid-data`
 */
export async function loadIdxPair(
  images: string,
  labels?: string,
  options: IdxPairOptions = {},
): Promise<ImageDataset> {
  requireArgument(PAIR, "the path of the images", images, TEXT);
  if (labels !== undefined) requireArgument(PAIR, "the path of the labels", labels, TEXT);
  requireOptions(PAIR, options, { name: TEXT, classes: TEXTS });
  const name = options.name ?? basename(images);
  const imageTensor = await readIdxFile(images);
  const labelTensor = labels === undefined ? undefined : await readIdxFile(labels);
  return datasetFromIdx(name, imageTensor, labelTensor, options.classes);
}
