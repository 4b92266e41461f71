import { f32, NextscaleError, type Engine, type Program } from "@nextscale/engine";
import {
  argmaxRows,
  type CHECKPOINT_FILES,
  concatenateFeatures,
  decodeCheckpoint,
  featureMatrix,
  initialiser,
  parameterTypes,
  SHAPES_ONLY,
  type CheckpointKind,
  type FeatureMatrix,
  layoutOf,
  traceTyped,
  type TypesOf,
} from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import * as z from "zod";
import { IMAGE_LIMITS, type ImageDataset } from "../data/image-dataset.js";
import type { ImageBatch } from "../image-batch.js";
import { imageBatches } from "./image-batches.js";
import { initLenet, lenet, type LenetConfig, type LenetParameters } from "./lenet.js";

/** What a feature network sees in images. */
export interface ImageFeatures {
  /** One vector an image, in order. */
  readonly features: FeatureMatrix;
  /** The most probable class of each image. */
  readonly predictions: Int32Array;
}

/** A frozen classifier whose last hidden layer is the space in which sets of images are compared. */
export interface FeatureNetwork {
  readonly config: LenetConfig;
  /** SHA-256 of configuration and weights: distances under networks of different hashes cannot be compared. */
  readonly hash: string;
  /** The data set that it was trained on. */
  readonly trainedOn: { readonly name: string; readonly sha256: string };
  /**
   * Features and predicted classes of images of any number.
   *
   * @throws NextscaleError `shape` for images of another size, `invalid-data` when a pixel is not a finite number
   */
  embed(images: ImageBatch): Promise<ImageFeatures>;
  /** Releases the network, not the engine. Idempotent. */
  close(): Promise<void>;
}

/** Types of the parameters that a configuration implies; nothing of their size is made. */
export function lenetTypes(config: LenetConfig): TypesOf<LenetParameters> {
  return parameterTypes(initLenet(initialiser(SHAPES_ONLY), config));
}

const positive = z.number().int().positive();
// A description that names absurd sizes must be refused before anything of such a size is made.
const extent = positive.max(1024);

/** Schema of a network's configuration. */
export const lenetConfigSchema = z.strictObject({
  height: extent,
  width: extent,
  channels: positive.max(3),
  classes: positive.max(IMAGE_LIMITS.classes),
  features: positive.max(4096),
});

/** Checkpoints that hold a feature network: `model.json` and `weights.safetensors`. */
export const featureNetworkKind: CheckpointKind<LenetConfig> = {
  kind: "images/feature-network",
  config: lenetConfigSchema,
  layout: (config) => layoutOf({ parameters: lenetTypes(config) }),
};

/** Images of one run of the program: a few milliseconds' work, and a last batch wastes little. */
const BATCH = 250;

/**
 * Opens a feature network from the bytes of its two files; everything in them is checked, the weights against their hash.
 *
 * @param where shown in the error's message: where the files came from
 * @throws NextscaleError `invalid-file`, `invalid-data`; `engine-failure`
 */
export async function openFeatureNetwork(
  files: Readonly<Record<(typeof CHECKPOINT_FILES)[number], Uint8Array>>,
  engine: Engine,
  where = "feature network",
): Promise<FeatureNetwork> {
  const { config, tensors, hash, description } = await decodeCheckpoint(featureNetworkKind, files, where);
  const executable = await engine.compile(embeddingProgram(config), { constants: tensors });
  const size = config.height * config.width * config.channels;
  return {
    config,
    hash,
    trainedOn: description.data,
    async embed(images) {
      requireSize(config, images);
      const { count, data } = images;
      const vectors = new Float32Array(count * config.features);
      const predictions = new Int32Array(count);
      const padded = new Float32Array(BATCH * size);
      for (let first = 0; first < count; first += BATCH) {
        const rows = Math.min(BATCH, count - first);
        padded.set(data.subarray(first * size, (first + rows) * size));
        const { features, logits } = await executable.run({ images: padded });
        vectors.set((features as Float32Array).subarray(0, rows * config.features), first * config.features);
        const scores = (logits as Float32Array).subarray(0, rows * config.classes);
        predictions.set(argmaxRows(scores, config.classes), first);
      }
      return { features: featureMatrix(vectors, config.features), predictions };
    },
    close: () => executable.close(),
  };
}

/** Features and predicted classes of a data set. */
export function embedDataset(network: FeatureNetwork, dataset: ImageDataset): Promise<ImageFeatures> {
  return embedBatches(network, imageBatches(dataset));
}

/** Features and predicted classes of images that come some at a time. */
export async function embedBatches(network: FeatureNetwork, batches: Iterable<ImageBatch>): Promise<ImageFeatures> {
  const features: FeatureMatrix[] = [];
  const predictions: number[] = [];
  for (const batch of batches) {
    const embedded = await network.embed(batch);
    features.push(embedded.features);
    for (const prediction of embedded.predictions) predictions.push(prediction);
  }
  return { features: concatenateFeatures(features), predictions: Int32Array.from(predictions) };
}

function embeddingProgram(config: LenetConfig): Program {
  const { height, width, channels } = config;
  return traceTyped<{ readonly parameters: LenetParameters; readonly images: tf.Tensor }>(
    { parameters: lenetTypes(config), images: f32(BATCH, height, width, channels) },
    ({ parameters, images }) => lenet(parameters, images),
  );
}

function requireSize(config: LenetConfig, { data, count, height, width, channels }: ImageBatch): void {
  const fits = height === config.height && width === config.width && channels === config.channels;
  if (fits && count >= 1 && data.length === count * height * width * channels) return;
  throw new NextscaleError({
    code: "shape",
    where: "images/FeatureNetwork",
    expected: `images of ${config.height}x${config.width}x${config.channels}, at least one`,
    got: `${count} of ${height}x${width}x${channels} in ${data.length} numbers`,
    fix: "use a feature network trained on images of this size",
  });
}
