import { normals, randomStream } from "@nextscale/refinement-core";
import type { ImageBatch } from "../../src/image-batch.js";

/*
 * Ways to spoil images, each with a strength from 0 (nothing) upwards. What they are measured in is said beside each.
 */

type Pixel = (image: Float32Array, y: number, x: number) => number;

/** Computes each pixel of each single-channel image from the whole image. */
function mapImages(images: ImageBatch, at: (item: number) => Pixel): ImageBatch {
  const { height, width, count } = images;
  const size = height * width;
  const data = new Float32Array(images.data.length);
  for (let item = 0; item < count; item++) {
    const pixel = at(item);
    const image = images.data.subarray(item * size, (item + 1) * size);
    for (let i = 0; i < size; i++) data[item * size + i] = pixel(image, Math.floor(i / width), i % width);
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
  const inside = (i: number, extent: number): number => Math.min(extent - 1, Math.max(0, i));
  const along = (step: (y: number, x: number, by: number) => number) => (batch: ImageBatch) =>
    mapImages(batch, () => (image, y, x) => {
      return taps.reduce((sum, tap, i) => sum + (tap / total) * image[step(y, x, i - reach)]!, 0);
    });
  const { width, height } = images;
  const horizontally = along((y, x, by) => y * width + inside(x + by, width));
  const vertically = along((y, x, by) => inside(y + by, height) * width + x);
  return vertically(horizontally(images));
}

/** Blacks out a square at a place that differs from image to image. @param side in pixels */
export function blackOut(images: ImageBatch, side: number): ImageBatch {
  const { height, width } = images;
  return mapImages(images, (item) => {
    const top = (item * 7) % (height - side + 1);
    const left = (item * 11) % (width - side + 1);
    return (image, y, x) => (y >= top && y < top + side && x >= left && x < left + side ? 0 : image[y * width + x]!);
  });
}

/** Moves images down and to the right; what leaves is cut off. @param by in pixels */
export function shift(images: ImageBatch, by: number): ImageBatch {
  const { width } = images;
  return mapImages(images, () => (image, y, x) => (y < by || x < by ? 0 : image[(y - by) * width + x - by]!));
}

/** Replaces squares by their means. @param side in pixels, a divisor of the images' sides */
export function pixelise(images: ImageBatch, side: number): ImageBatch {
  const { width } = images;
  return mapImages(images, () => (image, y, x) => {
    let sum = 0;
    const [top, left] = [y - (y % side), x - (x % side)];
    for (let i = 0; i < side * side; i++) sum += image[(top + Math.floor(i / side)) * width + left + (i % side)]!;
    return sum / (side * side);
  });
}
