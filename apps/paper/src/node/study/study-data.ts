import { f32, type Engine } from "@nextscale/engine";
import { frozenTokeniser, type FeatureNetwork, type FrozenTokeniser, type ImageDataset } from "@nextscale/images";
import { readImageModel } from "@nextscale/images/node";
import { gatherRows, traceTyped } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { pixelsAt } from "../../data/digits.js";
import { STUDY } from "../../study/settings.js";
import type { TrainingItems } from "../../study/training/study-stage.js";

/** What the study reads: digits with their classes. */
export interface StudyData {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
}

/** What others have trained: the tokeniser of the latents, the network of the distances. */
export interface StudyNetworks {
  readonly tokeniser: FrozenTokeniser;
  readonly vocabulary: number;
  readonly tokeniserHash: string;
  readonly features: FeatureNetwork;
}

/** The first images of a data set; its hash stays that of the whole. */
export function firstImages(dataset: ImageDataset, count: number): ImageDataset {
  return imagesBetween(dataset, 0, count);
}

/** The images from one number to before another; the hash stays that of the whole set. */
export function imagesBetween(dataset: ImageDataset, first: number, end: number): ImageDataset {
  const size = dataset.height * dataset.width * dataset.channels;
  const images = dataset.images.subarray(first * size, end * size);
  return { ...dataset, images, labels: dataset.labels!.subarray(first, end), count: end - first };
}

/** The bundled networks. */
export async function studyNetworks(features: FeatureNetwork): Promise<StudyNetworks> {
  const model = await readImageModel(STUDY.tokeniser);
  const { vocabulary } = model.config.tokeniser;
  return { tokeniser: frozenTokeniser(model), vocabulary, tokeniserHash: model.hash, features };
}

/** Images as items of a training, in [0, 1]. */
export function imageItems({ images, labels, count }: ImageDataset): TrainingItems {
  return { count, labels: labels!, at: (indices) => pixelsAt({ bytes: images, count }, indices) };
}

/** Items of one run of the encoder. */
const BATCH = 250;

/** Latents of all images of a data set, as the encoder gives them. */
export async function latentItems(
  engine: Engine,
  tokeniser: FrozenTokeniser,
  dataset: ImageDataset,
  signal?: AbortSignal,
): Promise<TrainingItems> {
  const source = imageItems(dataset);
  const { count } = source;
  const batch = Math.min(BATCH, count);
  const program = traceTyped<{ readonly images: tf.Tensor }>({ images: f32(batch, 28, 28, 1) }, (inputs) => ({
    latents: tokeniser.latents(inputs.images),
  }));
  const [height, width, channels] = tokeniser.latent;
  const size = height * width * channels;
  const latents = new Float32Array(count * size);
  const executable = await engine.compile(program);
  try {
    for (let first = 0; first < count; first += batch) {
      signal?.throwIfAborted();
      const indices = Int32Array.from({ length: batch }, (_, i) => Math.min(first + i, count - 1));
      const outputs = await executable.run({ images: source.at(indices) });
      const kept = Math.min(batch, count - first);
      latents.set((outputs["latents"] as Float32Array).subarray(0, kept * size), first * size);
    }
  } finally {
    await executable.close();
  }
  return { ...source, at: (indices) => gatherRows(latents, size, indices) };
}
