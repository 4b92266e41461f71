import type { ImageDataset } from "../../src/data/image-dataset.js";
import { imagesAt } from "../../src/data/images-at.js";

/** Images of the wanted classes, [labels, height, width, channels]. */
export type Sampler = (labels: readonly number[]) => Float32Array;

/** Replays images of a data set, each class in order from the beginning, and over again when it runs out. */
export function replay(dataset: ImageDataset): Sampler {
  const size = dataset.height * dataset.width * dataset.channels;
  const byClass: readonly number[][] = dataset.classes.map(() => []);
  dataset.labels!.forEach((label, index) => byClass[label]!.push(index));
  return (labels) => {
    const used = dataset.classes.map(() => 0);
    const data = new Float32Array(labels.length * size);
    labels.forEach((label, row) => {
      const candidates = byClass[label]!;
      data.set(imagesAt(dataset, candidates[used[label]!++ % candidates.length]!, 1), row * size);
    });
    return data;
  };
}
