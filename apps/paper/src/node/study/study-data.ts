import { f32, type Engine } from "@nextscale/engine";
import { frozenTokeniser, type FeatureNetwork, type FrozenTokeniser, type ImageDataset } from "@nextscale/images";
import { readImageModel } from "@nextscale/images/node";
import { gatherRows, traceTyped } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { pixelsAt } from "../../data/digits.js";
import { STUDY } from "../../study/settings.js";
import type { TrainingItems } from "../../study/training/study-stage.js";
import { onlyOnce } from "../once.js";

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
  return { count, labels: labels!, at: async (indices) => pixelsAt({ bytes: images, count }, indices) };
}

/** Items of one run of the encoder. */
const BATCH = 250;

/** What latents are made with. */
export interface Encoding {
  readonly engine: Engine;
  readonly tokeniser: FrozenTokeniser;
  readonly signal?: AbortSignal;
}

/**
 * Latents of the images of a data set, as the encoder gives them. The first ones are encoded when one of them is asked for, which
 * is enough for codebooks and likelihoods; all others when a training asks for one of them, if any does.
 */
export function latentItems(
  { engine, tokeniser, signal }: Encoding,
  dataset: ImageDataset,
  first = dataset.count,
): TrainingItems {
  const source = imageItems(dataset);
  const { count } = source;
  const size = tokeniser.latent.reduce((product, extent) => product * extent, 1);
  const latents = new Float32Array(count * size);
  const once = onlyOnce();
  const encoded = (from: number, end: number): Promise<void> =>
    once(`from ${from}`, async () => {
      const batch = Math.min(BATCH, count);
      const program = traceTyped<{ readonly images: tf.Tensor }>({ images: f32(batch, 28, 28, 1) }, (inputs) => ({
        latents: tokeniser.latents(inputs.images),
      }));
      const executable = await engine.compile(program);
      try {
        for (let at = from; at < end; at += batch) {
          signal?.throwIfAborted();
          const indices = Int32Array.from({ length: batch }, (_, i) => Math.min(at + i, count - 1));
          const outputs = await executable.run({ images: await source.at(indices) });
          const kept = Math.min(batch, end - at);
          latents.set((outputs["latents"] as Float32Array).subarray(0, kept * size), at * size);
        }
      } finally {
        await executable.close();
      }
    });
  return {
    ...source,
    async at(indices) {
      const own = Array.from(indices);
      if (own.some((index) => index < first)) await encoded(0, Math.min(first, count));
      if (own.some((index) => index >= first)) await encoded(first, count);
      return gatherRows(latents, size, indices);
    },
  };
}
