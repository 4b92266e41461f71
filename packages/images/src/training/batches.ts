import { integers, randomStream, shuffledBatches } from "@nextscale/refinement-core";
import type { ImageDataset } from "../data/image-dataset.js";

/** One batch of training images with their labels. */
export interface LabelledBatch {
  /** [batchSize, height, width, channels] in [0, 1]. */
  readonly images: Float32Array;
  /** [batchSize]; all 0 for a data set without labels. */
  readonly labels: Int32Array;
  /** Number of the first item among all items seen so far: addresses the noise that belongs to this batch. */
  readonly firstItem: number;
}

/**
 * Shuffled training batches as a pure function of the step. Each image is shifted by up to `shift` pixels along both
 * axes, what is shifted in being 0.
 */
export function trainingBatches(
  dataset: ImageDataset,
  options: { readonly batchSize: number; readonly seed: number; readonly shift: number },
): (step: number) => LabelledBatch {
  const { batchSize, seed, shift } = options;
  const { height, width, channels } = dataset;
  const order = shuffledBatches({ count: dataset.count, batchSize, stream: randomStream(seed, "images/order") });
  const shifts = randomStream(seed, "images/shift");
  const size = height * width * channels;
  return (step) => {
    const { indices } = order(step);
    const firstItem = step * batchSize;
    const offsets = integers(shifts, { items: { first: firstItem, count: batchSize }, draws: 2 }, 2 * shift + 1);
    const images = new Float32Array(batchSize * size);
    const labels = new Int32Array(batchSize);
    indices.forEach((index, i) => {
      const source = dataset.images.subarray(index * size, (index + 1) * size);
      const [down, right] = [offsets[2 * i]! - shift, offsets[2 * i + 1]! - shift];
      copyShifted(source, images.subarray(i * size, (i + 1) * size), {
        height,
        rowLength: width * channels,
        down,
        right: right * channels,
      });
      labels[i] = dataset.labels?.[index] ?? 0;
    });
    return { images, labels, firstItem };
  };
}

/** Copies bytes as fractions of 255, moved by whole rows and row elements. */
function copyShifted(
  source: Uint8Array,
  target: Float32Array,
  { height, rowLength, down, right }: { height: number; rowLength: number; down: number; right: number },
): void {
  for (let y = Math.max(0, down); y < Math.min(height, height + down); y++) {
    for (let x = Math.max(0, right); x < Math.min(rowLength, rowLength + right); x++) {
      target[y * rowLength + x] = source[(y - down) * rowLength + x - right]! / 255;
    }
  }
}
