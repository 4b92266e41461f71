import { fitHistogramDecoder, histogramDecoderNats } from "@nextscale/images";

/** Numbers of an image. */
export const PIXELS = 784;

/**
 * Nats of an image's pixels given what it decodes to: under the frequencies of levels around decoded values, counted on training
 * images that were decoded in the same way.
 *
 * @param known the first training images, as many as `means` holds
 * @param test the first test images, as many as `images` holds
 */
export function pixelNats(
  known: { readonly pixels: Uint8Array; readonly means: Float32Array },
  test: { readonly pixels: Uint8Array; readonly images: Float32Array },
): number {
  const decoder = fitHistogramDecoder(known.pixels.subarray(0, known.means.length), cut(known.means));
  return histogramDecoderNats(decoder, test.pixels.subarray(0, test.images.length), cut(test.images), PIXELS).levels;
}

/** Images cut to [0, 1]. */
export function cut(images: Float32Array): Float32Array {
  return images.map((value) => Math.min(1, Math.max(0, value)));
}
