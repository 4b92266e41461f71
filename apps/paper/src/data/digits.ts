import { NextscaleError } from "@nextscale/engine";
import type { ImageDataset } from "@nextscale/images";
import { PAPER, type Settings } from "../settings.js";

/** Images of digits to learn from and to test with, as bytes. */
export interface Digits {
  readonly training: DigitSet;
  readonly test: DigitSet;
  /** Of the whole data set that they are the first images of. */
  readonly sha256: string;
}

/** Images of 28x28 pixels. */
export interface DigitSet {
  /** [count, 784], 0 to 255. */
  readonly bytes: Uint8Array;
  readonly count: number;
}

/**
 * The first images of two data sets of digits, as many as the settings say.
 *
 * @throws NextscaleError `shape` for images of another size, or too few of them
 */
export function digitsOf(
  training: ImageDataset,
  test: ImageDataset,
  settings: Pick<Settings, "trainingImages" | "testImages">,
): Digits {
  const first = ({ name, images, count, height, width, channels }: ImageDataset, wanted: number): DigitSet => {
    if (height !== PAPER.side || width !== PAPER.side || channels !== 1 || count < wanted) {
      throw new NextscaleError({
        code: "shape",
        where: "paper/digits",
        expected: `at least ${wanted} grey images of ${PAPER.side}x${PAPER.side} pixels in ${name}`,
        got: `${count} of ${height}x${width}x${channels}`,
        fix: "use MNIST or a data set made in its image",
      });
    }
    return { bytes: images.subarray(0, wanted * PAPER.pixels), count: wanted };
  };
  return {
    training: first(training, settings.trainingImages),
    test: first(test, settings.testImages),
    sha256: training.hash,
  };
}

/** The same with only the first images to learn from. */
export function withFewer(digits: Digits, trainingImages: number): Digits {
  const bytes = digits.training.bytes.subarray(0, trainingImages * PAPER.pixels);
  return { ...digits, training: { bytes, count: trainingImages } };
}

/** Some images as rows of pixels in [0, 1], [indices, 784]. */
export function pixelsAt({ bytes }: DigitSet, indices: ArrayLike<number>): Float32Array {
  const pixels = new Float32Array(indices.length * PAPER.pixels);
  for (let i = 0; i < indices.length; i++) {
    const first = indices[i]! * PAPER.pixels;
    for (let j = 0; j < PAPER.pixels; j++) pixels[i * PAPER.pixels + j] = bytes[first + j]! / 255;
  }
  return pixels;
}
