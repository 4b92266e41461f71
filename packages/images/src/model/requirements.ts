import { NextscaleError } from "@nextscale/engine";
import type { ImageBatch } from "../image-batch.js";
import type { ImageModelConfig } from "../config/config.js";

/*
 * What callers of a model may pass: everything is checked before anything is computed.
 */

/** Numbers in all images of one call: below what one array can hold everywhere. */
const MOST_NUMBERS = 2 ** 29;

/**
 * @throws NextscaleError `shape` for images of another size than the model's, `invalid-data` when a pixel is not a finite
 *   number
 */
export function requireImages(images: ImageBatch, { height, width, channels }: ImageModelConfig): void {
  const fits = images.height === height && images.width === width && images.channels === channels;
  if (!fits || !(images.count >= 1) || images.data.length !== images.count * height * width * channels) {
    const size = `${images.height}x${images.width}x${images.channels}`;
    throw new NextscaleError({
      code: "shape",
      where: "images/encode",
      expected: `images of ${height}x${width}x${channels}, at least one`,
      got: `${images.count} of ${size} in ${images.data.length} numbers`,
    });
  }
  const at = images.data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new NextscaleError({
    code: "invalid-data",
    where: "images/encode",
    expected: "pixels that are finite numbers, 0 for black and 1 for white",
    got: `${images.data[at]} in image ${Math.floor(at / (height * width * channels))}`,
  });
}

/** @throws NextscaleError `shape` unless there are codes of each scale for `count` images, each below the vocabulary */
export function requireCodes(codes: readonly Int32Array[], count: number, { tokeniser }: ImageModelConfig): void {
  const { scales, vocabulary } = tokeniser;
  const right =
    Number.isInteger(count) &&
    count >= 1 &&
    codes.length === scales.length &&
    scales.every((side, k) => codes[k]!.length === count * side * side);
  const stray = right
    ? codes.flatMap((scale) => scale.find((code) => code < 0 || code >= vocabulary) ?? [])[0]
    : undefined;
  if (right && stray === undefined) return;
  throw new NextscaleError({
    code: "shape",
    where: "images/decode",
    expected: `codes below ${vocabulary} for ${count} images at scales ${scales.join(", ")}`,
    got: stray === undefined ? `${codes.map(({ length }) => length).join(", ") || "no"} codes` : `code ${stray}`,
  });
}

/** @throws NextscaleError `invalid-argument` unless so many images can be made in one call */
export function requireCount(count: number, { height, width, channels }: ImageModelConfig): void {
  const most = Math.floor(MOST_NUMBERS / (height * width * channels));
  if (Number.isInteger(count) && count >= 1 && count <= most) return;
  throw invalid(`a count from 1 to ${most}`, String(count));
}

/**
 * The class of each of `count` samples.
 *
 * @param label one for all, one for each, or none given: the classes in turn, by the number of the sample
 * @param first number of the first sample
 * @throws NextscaleError `invalid-argument` unless each is a class, or the number of classes, which means none
 */
export function requireLabels(
  label: number | ArrayLike<number> | undefined,
  { count, first, classes }: { readonly count: number; readonly first: number; readonly classes: number },
): Int32Array {
  const labelOf = (i: number): number => {
    if (label === undefined) return classes === 0 ? 0 : (first + i) % classes;
    return typeof label === "number" ? label : label[i]!;
  };
  if (typeof label === "object" && label.length !== count) throw invalid(`${count} labels`, String(label.length));
  const labels = Array.from({ length: count }, (_, i) => labelOf(i));
  const wrong = labels.find((value) => !Number.isInteger(value) || value < 0 || value > classes);
  if (wrong === undefined) return Int32Array.from(labels);
  throw invalid(`labels from 0 to ${classes} (${classes} for no class)`, String(wrong));
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "images/model", expected, got });
}
