import { NextscaleError } from "@nextscale/engine";
import { BRIGHT, LEVELS } from "./levels.js";

/*
 * A decoder's image as a distribution over levels, without assuming a form of the error: the frequencies of the 256 levels
 * among training pixels whose decoded value was about the same. It knows that a pixel decoded as black is black, which a
 * logistic density with one scale for all pixels cannot.
 */

/** Frequencies of levels given the decoded value. */
export interface HistogramDecoder {
  /** ln p(level | bin of the decoded value), [bins, 256]. */
  readonly logProbabilities: Float64Array;
  /** ln p(bright | bin) and ln p(dark | bin), [bins, 2], dark first. */
  readonly logBinary: Float64Array;
}

/** Bins of the decoded value: as fine as a thousand training images can fill. */
const BINS = 64;

/**
 * Counts levels by decoded value, one added to every count.
 *
 * @param pixels levels of training images
 * @param means what the tokeniser makes of them, in [0, 1]
 * @throws NextscaleError `shape` when the two differ in length or are empty
 */
export function fitHistogramDecoder(pixels: Uint8Array, means: Float32Array): HistogramDecoder {
  requireSameLength(pixels, means);
  const counts = new Float64Array(BINS * LEVELS).fill(1);
  for (let i = 0; i < pixels.length; i++) counts[binOf(means[i]!) * LEVELS + pixels[i]!]! += 1;
  const logProbabilities = new Float64Array(BINS * LEVELS);
  const logBinary = new Float64Array(BINS * 2);
  for (let bin = 0; bin < BINS; bin++) {
    const row = counts.subarray(bin * LEVELS, (bin + 1) * LEVELS);
    const total = sum(row);
    row.forEach((count, level) => (logProbabilities[bin * LEVELS + level] = Math.log(count / total)));
    logBinary[2 * bin] = Math.log(sum(row.subarray(0, BRIGHT)) / total);
    logBinary[2 * bin + 1] = Math.log(sum(row.subarray(BRIGHT)) / total);
  }
  return { logProbabilities, logBinary };
}

/** Costs of one image's pixels given its decoded image. */
export interface PixelNats {
  /** −ln p of the levels, summed over the image. */
  readonly levels: number;
  /** −ln p of the pixels as dark or bright, summed over the image. */
  readonly binary: number;
}

/**
 * Mean cost of images under the decoder.
 *
 * @param dimensions numbers in one image
 * @throws NextscaleError `shape` when pixels and means differ in length or are empty
 */
export function histogramDecoderNats(
  decoder: HistogramDecoder,
  pixels: Uint8Array,
  means: Float32Array,
  dimensions: number,
): PixelNats {
  requireSameLength(pixels, means);
  let levels = 0;
  let binary = 0;
  for (let i = 0; i < pixels.length; i++) {
    const bin = binOf(means[i]!);
    levels -= decoder.logProbabilities[bin * LEVELS + pixels[i]!]!;
    binary -= decoder.logBinary[2 * bin + (pixels[i]! >= BRIGHT ? 1 : 0)]!;
  }
  const images = pixels.length / dimensions;
  return { levels: levels / images, binary: binary / images };
}

function binOf(mean: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor(mean * BINS)));
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function requireSameLength(pixels: Uint8Array, means: Float32Array): void {
  if (pixels.length === means.length && pixels.length > 0) return;
  throw new NextscaleError({
    code: "shape",
    where: "images/histogramDecoder",
    expected: "as many decoded values as pixels, and at least one",
    got: `${pixels.length} pixels and ${means.length} values`,
  });
}
