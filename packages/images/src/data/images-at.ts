import type { ImageDataset } from "./image-dataset.js";

/** Images `first` to `first + count` of a data set as fractions of 255; past the end the last image repeats. */
export function imagesAt(dataset: ImageDataset, first: number, count: number): Float32Array {
  const size = dataset.height * dataset.width * dataset.channels;
  const images = new Float32Array(count * size);
  for (let i = 0; i < count; i++) {
    const index = Math.min(first + i, dataset.count - 1);
    for (let j = 0; j < size; j++) images[i * size + j] = dataset.images[index * size + j]! / 255;
  }
  return images;
}
