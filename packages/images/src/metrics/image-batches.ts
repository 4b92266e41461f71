import type { ImageDataset } from "../data/image-dataset.js";
import type { ImageBatch } from "../image-batch.js";
import { imagesAt } from "../data/images-at.js";

/** Images read at a time: 1,000 images of 28x28 take 3 MB as floats. */
const CHUNK = 1000;

/** Consecutive images of a data set. */
export interface DatasetBatch extends ImageBatch {
  /** Number of the first of them in the data set. */
  readonly first: number;
  /** All 0 for a data set without labels. */
  readonly labels: Int32Array;
  /** The same images as bytes. */
  readonly bytes: Uint8Array;
}

/** The first `count` images of a data set, some at a time; all of them unless told. */
export function* imageBatches(dataset: ImageDataset, count = dataset.count): Generator<DatasetBatch> {
  const { height, width, channels } = dataset;
  const size = height * width * channels;
  for (let first = 0; first < count; first += CHUNK) {
    const rows = Math.min(CHUNK, count - first);
    const labels = Int32Array.from({ length: rows }, (_, i) => dataset.labels?.[first + i] ?? 0);
    const bytes = dataset.images.subarray(first * size, (first + rows) * size);
    yield { data: imagesAt(dataset, first, rows), count: rows, height, width, channels, first, labels, bytes };
  }
}
