import { NextscaleError } from "@nextscale/engine";
import {
  LIMITS,
  requireArgument,
  requireOptions,
  samplingRequirements,
  wholeWithin,
  type OptionRequirements,
} from "@nextscale/refinement-core";
import type { ImageBatch } from "../image-batch.js";
import type { ImageModelConfig } from "../config/config.js";
import type { SampleRequest } from "./image-model.js";

/*
 * What callers of a model may pass: everything is checked before anything is computed.
 */

/** Numbers in all images of one call: below what one array can hold everywhere. */
const MOST_NUMBERS = 2 ** 29;

/** How far a pixel may lie outside 0 to 1: arithmetic in float32 ends a little beside its bounds. */
const ROUNDING = 1e-4;

const LABELS = {
  expected: "a class or a list of classes",
  fits: (value: unknown) => typeof value === "number" || isList(value),
};
const COUNT = { expected: "a number", fits: (value: unknown) => typeof value === "number" };
const CODES = {
  expected: "a list with an Int32Array for each scale",
  fits: (value: unknown) => Array.isArray(value) && Array.from(value).every((codes) => codes instanceof Int32Array),
};
const IMAGES = {
  expected: "an object of a Float32Array as data, count, height, width and channels",
  fits: (value: unknown) => {
    if (!isObject(value)) return false;
    const { data, count, height, width, channels } = value as Partial<ImageBatch>;
    return data instanceof Float32Array && [count, height, width, channels].every(COUNT.fits);
  },
};

/**
 * Checks what is asked of sampling, but for the classes.
 *
 * @throws NextscaleError `invalid-argument` for an unknown option or a wrong value
 */
export function requireRequest(request: SampleRequest, { height, width, channels, tokeniser }: ImageModelConfig): void {
  const requirements: OptionRequirements<SampleRequest> = {
    count: wholeWithin(1, Math.floor(MOST_NUMBERS / (height * width * channels))),
    seed: {
      expected: "a number or a bigint",
      fits: (value) => typeof value === "number" || typeof value === "bigint",
    },
    label: LABELS,
    first: wholeWithin(0, LIMITS.item - 1),
    signal: { expected: "an AbortSignal", fits: (value) => isObject(value) && "aborted" in value },
    onProgress: { expected: "a function", fits: (value) => typeof value === "function" },
    ...samplingRequirements(tokeniser.scales.length),
  };
  requireOptions("images/sample", request, requirements);
  requireArgument("images/sample", "count", request.count, requirements.count);
}

/**
 * @throws NextscaleError `invalid-argument` for something else than images, `shape` for images of another size than the
 *   model's, `invalid-data` when a pixel is not a number from 0 to 1
 */
export function requireImages(images: ImageBatch, { height, width, channels }: ImageModelConfig): void {
  requireArgument("images/encode", "the images", images, IMAGES);
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
  const at = images.data.findIndex((value) => !(value >= -ROUNDING && value <= 1 + ROUNDING));
  if (at < 0) return;
  throw new NextscaleError({
    code: "invalid-data",
    where: "images/encode",
    expected: "pixels from 0 for black to 1 for white",
    got: `${images.data[at]} in image ${Math.floor(at / (height * width * channels))}`,
    fix: "divide bytes by 255, and clip what lies outside",
  });
}

/**
 * @throws NextscaleError `invalid-argument` for something else than codes and a number, `shape` unless there are codes of
 *   each scale for `count` images, each below the vocabulary
 */
export function requireCodes(codes: readonly Int32Array[], count: number, { tokeniser }: ImageModelConfig): void {
  requireArgument("images/decode", "the codes", codes, CODES);
  requireArgument("images/decode", "count", count, COUNT);
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
  if (typeof label === "object") {
    const fits = (length: unknown) => length === count;
    requireArgument("images/model", "the number of labels", label.length, { expected: String(count), fits });
  }
  const labels = Array.from({ length: count }, (_, i) => labelOf(i));
  const isClass = { ...wholeWithin(0, classes), expected: `from 0 to ${classes} (${classes} for no class)` };
  labels.forEach((value, i) => requireArgument("images/model", `the label of image ${i}`, value, isClass));
  return Int32Array.from(labels);
}

/**
 * Weights can all be finite and still overflow when they are computed with: no file is damaged then, and only the images
 * show it.
 *
 * @param model its hash
 * @throws NextscaleError `invalid-data` when a pixel is no finite number
 */
export function requireFinite(pixels: Float32Array, model: string): void {
  const bad = pixels.find((value) => !Number.isFinite(value));
  if (bad === undefined) return;
  throw new NextscaleError({
    code: "invalid-data",
    where: "images/model",
    expected: `pixels that are numbers from the model ${model.slice(0, 12)}`,
    got: `${bad}`,
    fix: "its weights are unusable: train it anew or fetch it again",
  });
}

/** Number of images that a list of labels is for. */
export function countOfLabels(labels: ArrayLike<number>): number {
  requireArgument("images/score", "the labels", labels, { expected: "a list of classes", fits: isList });
  return labels.length;
}

function isList(value: unknown): boolean {
  return isObject(value) && "length" in value && typeof value.length === "number";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
