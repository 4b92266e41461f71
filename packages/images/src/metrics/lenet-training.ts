import {
  adamW,
  adamWSignature,
  adamWZeros,
  f32,
  gradients,
  i32,
  movingAverage,
  softmaxCrossEntropy,
  trace,
  type AdamWState,
  type NamedArrays,
  type Program,
  type TensorType,
  type Tree,
} from "@nextscale/engine";
import {
  cosineSchedule,
  initialiser,
  parameterArrays,
  parameterNormals,
  randomStream,
  uniforms,
  type CheckpointKind,
  type Schedule,
  type TensorLayout,
  layoutOf,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import * as z from "zod";
import type { ImageDataset } from "../data/image-dataset.js";
import { trainingBatches } from "../training/batches.js";
import { lenetConfigSchema, lenetTypes } from "./feature-network.js";
import { initLenet, lenet, type LenetConfig, type LenetDropout, type LenetParameters } from "./lenet.js";

/** How a feature network is trained. */
export interface LenetRecipe {
  readonly steps: number;
  readonly batchSize: number;
  /** At the first step; it falls to zero as half a cosine. */
  readonly learningRate: number;
  /** Per unit of learning rate, decoupled. */
  readonly weightDecay: number;
  /** Share of the hidden units, and of the features, that is left out in a step. */
  readonly dropout: number;
  /** Images are shifted by up to so many pixels. */
  readonly shift: number;
  /** Share of the weights' average that each step keeps. */
  readonly averageDecay: number;
}

const recipeSchema: z.ZodType<LenetRecipe> = z.strictObject({
  steps: z.number().int().positive(),
  batchSize: z.number().int().positive(),
  learningRate: z.number().positive(),
  weightDecay: z.number().min(0),
  dropout: z.number().min(0).lt(1),
  shift: z.number().int().min(0),
  averageDecay: z.number().min(0).lt(1),
});

/**
 * The recipe of the bundled network: eight epochs of MNIST's 60,000 images. The average's half-life is 140 steps, a third of
 * an epoch: at the end it holds none of the initial weights. More dropout than this (0.3) underfits: 99.3 % of training and
 * test images alike.
 */
export const LENET_RECIPE: LenetRecipe = {
  steps: 8 * 468,
  batchSize: 128,
  learningRate: 3e-3,
  weightDecay: 0.05,
  dropout: 0.15,
  shift: 2,
  averageDecay: 0.995,
};

const trainingConfigSchema = z.strictObject({ network: lenetConfigSchema, recipe: recipeSchema });

/** A network together with how it is trained. */
export type LenetTrainingConfig = Readonly<z.infer<typeof trainingConfigSchema>>;

/** Checkpoints that hold an unfinished training. */
export const lenetTrainingKind: CheckpointKind<LenetTrainingConfig> = {
  kind: "images/feature-network-training",
  config: trainingConfigSchema,
  layout: ({ network }) => trainingLayout(network),
};

/** Names and types of a training's state: parameters, their moving average, and the optimiser. */
export function trainingLayout(network: LenetConfig): TensorLayout {
  const types = lenetTypes(network);
  return layoutOf({ parameters: types, average: types, optimiser: adamWSignature(types) });
}

/** State before the first step; the average starts at the initial weights. */
export function initialTrainingState(network: LenetConfig, seed: number): NamedArrays {
  const host = initLenet(initialiser(parameterNormals(seed)), network);
  const optimiser = adamWZeros(lenetTypes(network), "optimiser");
  return { ...parameterArrays(host, "parameters"), ...parameterArrays(host, "average"), ...optimiser };
}

/** One step as a program: cross-entropy, gradients, AdamW, moving average of the weights. Output `loss`, in nats. */
export function lenetTrainingStep({ network, recipe }: LenetTrainingConfig): Program {
  const { batchSize: items, weightDecay, averageDecay } = recipe;
  const { height, width, channels, features } = network;
  const types = lenetTypes(network);
  const dropout = {
    hidden: f32(items, features),
    features: f32(items, features),
  };
  const signature: Tree<TensorType> = {
    parameters: types,
    average: types,
    optimiser: adamWSignature(types),
    images: f32(items, height, width, channels),
    labels: i32(items),
    dropout,
    learningRate: f32(),
  };
  const step = ({ parameters, average, optimiser, images, labels, dropout, learningRate }: StepInputs) => {
    const { logits } = lenet(parameters as LenetParameters, images, dropout);
    const loss = tf.mean(softmaxCrossEntropy(logits, labels));
    const next = adamW(parameters, gradients(loss, parameters), optimiser, learningRate, { weightDecay });
    return {
      loss,
      parameters: next.parameters,
      average: movingAverage(average, next.parameters, averageDecay),
      optimiser: next.state,
    };
  };
  return trace(step as unknown as (inputs: unknown) => Tree<tf.Tensor>, signature);
}

interface StepInputs {
  readonly parameters: Tree<tf.Tensor>;
  readonly average: Tree<tf.Tensor>;
  readonly optimiser: AdamWState<Tree<tf.Tensor>>;
  readonly images: tf.Tensor;
  readonly labels: tf.Tensor;
  readonly dropout: LenetDropout;
  readonly learningRate: tf.Tensor;
}

/** Inputs of each step besides the learning rate: a pure function of the step. */
export function lenetTrainingBatches(
  dataset: ImageDataset,
  { network, recipe }: LenetTrainingConfig,
  seed: number,
): (step: number) => NamedArrays {
  const { batchSize, shift, dropout } = recipe;
  const batchAt = trainingBatches(dataset, { batchSize, seed, shift });
  const factors = (name: string, firstItem: number, draws: number): Float32Array => {
    const stream = randomStream(seed, `images/lenet/dropout/${name}`);
    const draw = uniforms(stream, { items: { first: firstItem, count: batchSize }, draws });
    return draw.map((value) => (value < dropout ? 0 : 1 / (1 - dropout)));
  };
  return (step) => {
    const { images, labels, firstItem } = batchAt(step);
    return {
      images,
      labels,
      "dropout/hidden": factors("hidden", firstItem, network.features),
      "dropout/features": factors("features", firstItem, network.features),
    };
  };
}

/** Learning rate of each step: a cosine from the peak to zero. */
export function lenetLearningRate({ learningRate, steps }: LenetRecipe): Schedule {
  return cosineSchedule({ peak: learningRate, last: 0, steps });
}
