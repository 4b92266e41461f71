import { NextscaleError } from "@nextscale/engine";
import { sha256 } from "@nextscale/refinement-core";
import type { IdxTensor } from "./idx.js";

/** Images of one shape, in memory, with what a run's record needs to say which they were. */
export interface ImageDataset {
  /** Such as `mnist/train`. */
  readonly name: string;
  /** [count, height, width, channels], row-major, 0 to 255. */
  readonly images: Uint8Array;
  /** [count], each an index into `classes`. */
  readonly labels?: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Names of the classes; empty when there are no labels. */
  readonly classes: readonly string[];
  /** SHA-256, in hexadecimal, of the bytes of `images` followed by those of `labels`. */
  readonly hash: string;
}

/** What the caps on a data set are; each is far above what a model of this package can learn from. */
export const IMAGE_LIMITS = {
  /** Height and width of one image. */
  extent: 4096,
  /** Bytes of all images together, below what one array holds on every platform. */
  bytes: 2 ** 31 - 1,
  /** A label is one byte. */
  classes: 256,
} as const;

/**
 * Checks the parts of a data set against each other and adds its hash. The arrays are kept, not copied.
 *
 * @throws NextscaleError `shape` when sizes do not agree or exceed {@link IMAGE_LIMITS}, `invalid-data` for a label
 *   without a class
 */
export async function imageDataset(parts: Omit<ImageDataset, "hash" | "count">): Promise<ImageDataset> {
  const { name, images, labels, height, width, channels, classes } = parts;
  const refuse = (code: "shape" | "invalid-data", expected: string, got: string): never => {
    throw new NextscaleError({ code, where: `images/imageDataset: ${name}`, expected, got });
  };
  const { extent, bytes } = IMAGE_LIMITS;
  const inRange = (size: number) => Number.isInteger(size) && size >= 1 && size <= extent;
  if (!inRange(height) || !inRange(width) || (channels !== 1 && channels !== 3)) {
    const expected = `images of 1 to ${extent} pixels a side with 1 or 3 channels`;
    refuse("shape", expected, `${height}x${width} with ${String(channels)}`);
  }
  const count = images.length / (height * width * channels);
  if (!Number.isInteger(count) || count < 1 || images.length > bytes) {
    const expected = `a whole number of ${height}x${width}x${channels} images, at least one, in at most ${bytes} bytes`;
    refuse("shape", expected, `${images.length} bytes`);
  }
  if (labels === undefined && classes.length > 0) refuse("shape", "labels for the classes", "none");
  if (labels !== undefined && labels.length !== count) refuse("shape", `${count} labels`, String(labels.length));
  if (classes.length > IMAGE_LIMITS.classes) {
    refuse("shape", `at most ${IMAGE_LIMITS.classes} classes`, String(classes.length));
  }
  const stray = labels?.find((label) => label >= classes.length);
  if (stray !== undefined) refuse("invalid-data", `labels below ${classes.length}`, String(stray));
  const hashed = new Uint8Array(images.length + (labels?.length ?? 0));
  hashed.set(images);
  if (labels !== undefined) hashed.set(labels, images.length);
  return { ...parts, count, hash: await sha256(hashed) };
}

/**
 * A data set from a pair of IDX tensors: uint8 images [n,h,w] or [n,h,w,c] and, where there are any, uint8 labels [n].
 *
 * @param classes names of the classes; the numbers 0 to the largest label when absent
 * @throws NextscaleError `shape` or `invalid-data`, which labels are too that, without names of classes, skip most of the
 *   numbers
 */
export async function datasetFromIdx(
  name: string,
  images: IdxTensor,
  labels?: IdxTensor,
  classes?: readonly string[],
): Promise<ImageDataset> {
  const [, height, width, channels = 1] = images.shape;
  if (images.dtype !== "uint8" || height === undefined || width === undefined || images.shape.length > 4) {
    throw unfit(name, "uint8 images [n,h,w] or [n,h,w,c]", images);
  }
  const shape = { height, width, channels: channels as 1 | 3 };
  if (labels === undefined) return imageDataset({ name, images: images.data, ...shape, classes: [] });
  if (labels.dtype !== "uint8" || labels.shape.length !== 1) throw unfit(name, "uint8 labels [n]", labels);
  const names = classes ?? numberedClasses(name, labels.data);
  return imageDataset({ name, images: images.data, labels: labels.data, ...shape, classes: names });
}

/**
 * The numbers from 0 to the largest label. Labels that skip most of them are another numbering, or no labels at all: the
 * model would have classes without a single image.
 */
function numberedClasses(name: string, labels: Uint8Array): string[] {
  const used = new Set(labels);
  const count = Math.max(-1, ...used) + 1;
  if (2 * used.size >= count) return Array.from({ length: count }, (_, label) => String(label));
  throw new NextscaleError({
    code: "invalid-data",
    where: `images/datasetFromIdx: ${name}`,
    expected: `labels of at least half of the classes 0 to ${count - 1}`,
    got: `labels of ${used.size} of these ${count} classes`,
    fix: "number the classes from 0, without gaps",
  });
}

function unfit(name: string, expected: string, got: IdxTensor): NextscaleError {
  const where = `images/datasetFromIdx: ${name}`;
  return new NextscaleError({ code: "shape", where, expected, got: `${got.dtype}[${got.shape.join(",")}]` });
}
