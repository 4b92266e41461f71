import { normals, randomStream } from "@nextscale/refinement-core";
import type { ImageBatch } from "../../src/image-batch.js";

/*
 * Ways to spoil images, each with a strength from 0 (nothing) upwards. What they are measured in is said beside each.
 */

/** A pixel of a spoilt image. */
type Pixel = (y: number, x: number) => number;

/** Computes each pixel of each single-channel image from the whole image. */
function mapImages(images: ImageBatch, spoil: (image: Float32Array, item: number) => Pixel): ImageBatch {
  const { height, width, count } = images;
  const size = height * width;
  const data = new Float32Array(images.data.length);
  for (let item = 0; item < count; item++) {
    const pixel = spoil(images.data.subarray(item * size, (item + 1) * size), item);
    for (let i = 0; i < size; i++) data[item * size + i] = pixel(Math.floor(i / width), i % width);
  }
  return { ...images, data };
}

/** Adds normal noise and clips. @param deviation in units of the full range */
export function addNoise(images: ImageBatch, deviation: number): ImageBatch {
  const noise = normals(randomStream(1, "test/noise"), { draws: images.data.length });
  const data = images.data.map((value, i) => Math.min(1, Math.max(0, value + deviation * noise[i]!)));
  return { ...images, data };
}

/** Gaussian blur. @param deviation in pixels */
export function blur(images: ImageBatch, deviation: number): ImageBatch {
  if (deviation === 0) return images;
  const reach = Math.ceil(3 * deviation);
  const taps = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)));
  const total = taps.reduce((sum, tap) => sum + tap, 0);
  const { width, height } = images;
  const inside = (i: number, extent: number): number => Math.min(extent - 1, Math.max(0, i));
  const weighted = (value: (by: number) => number): number =>
    taps.reduce((sum, tap, i) => sum + (tap / total) * value(i - reach), 0);
  const horizontally = mapImages(images, (image) => (y, x) => {
    return weighted((by) => image[y * width + inside(x + by, width)]!);
  });
  return mapImages(horizontally, (image) => (y, x) => weighted((by) => image[inside(y + by, height) * width + x]!));
}

/** Blacks out a square at a place that differs from image to image. @param side in pixels */
export function blackOut(images: ImageBatch, side: number): ImageBatch {
  const { height, width } = images;
  return mapImages(images, (image, item) => {
    const top = (item * 7) % (height - side + 1);
    const left = (item * 11) % (width - side + 1);
    return (y, x) => (y >= top && y < top + side && x >= left && x < left + side ? 0 : image[y * width + x]!);
  });
}

/** Moves images down and to the right; what leaves is cut off. @param by in pixels */
export function shift(images: ImageBatch, by: number): ImageBatch {
  const { width } = images;
  return mapImages(images, (image) => (y, x) => (y < by || x < by ? 0 : image[(y - by) * width + x - by]!));
}

/** Replaces squares by their means. @param side in pixels, a divisor of the images' sides */
export function pixelise(images: ImageBatch, side: number): ImageBatch {
  const { width, height } = images;
  const squareOf = (y: number, x: number): number => Math.floor(y / side) * (width / side) + Math.floor(x / side);
  return mapImages(images, (image) => {
    const means = new Float64Array((width * height) / side ** 2);
    image.forEach((value, i) => (means[squareOf(Math.floor(i / width), i % width)]! += value / side ** 2));
    return (y, x) => means[squareOf(y, x)]!;
  });
}
