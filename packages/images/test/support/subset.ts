import { imageDataset, type ImageDataset } from "../../src/data/image-dataset.js";

/**
 * Every `stride`-th image from `first` on, `count` of them, as a data set of their own. MNIST's test images are not in
 * random order (the second half is of other writers), so parts that are to be alike must be taken all over it.
 */
export function subset(
  dataset: ImageDataset,
  { first, count, stride }: { first: number; count: number; stride: number },
): Promise<ImageDataset> {
  const size = dataset.height * dataset.width * dataset.channels;
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const at = first + i * stride;
    images.set(dataset.images.subarray(at * size, (at + 1) * size), i * size);
    labels[i] = dataset.labels![at]!;
  }
  return imageDataset({ ...dataset, images, labels });
}
