import {
  adamW,
  f32,
  gradients,
  i32,
  movingAverage,
  softmaxCrossEntropy,
  type NamedArrays,
  type Program,
} from "@nextscale/engine";
import {
  averagedWeights,
  cosineSchedule,
  initialiser,
  initialWeightState,
  layoutOf,
  parameterNormals,
  randomStream,
  traceTyped,
  uniforms,
  weightStateTypes,
  type Stage,
  type WeightState,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import * as z from "zod";
import type { ImageDataset } from "../data/image-dataset.js";
import { trainingBatches } from "./batches.js";
import { lenetConfigSchema, lenetTypes } from "../metrics/feature-network.js";
import { initLenet, lenet, type LenetDropout, type LenetParameters } from "../metrics/lenet.js";

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

/** Schema of a training's configuration, which makes it the same training when it is resumed. */
export const lenetTrainingSchema = z.strictObject({ network: lenetConfigSchema, recipe: recipeSchema });

/** A network together with how it is trained. */
export type LenetTrainingConfig = Readonly<z.infer<typeof lenetTrainingSchema>>;

/** What is trained on what. */
export interface LenetStageInputs {
  readonly config: LenetTrainingConfig;
  readonly dataset: ImageDataset;
  readonly seed: number;
}

/** Name of the only stage. */
export const LENET_STAGE = "network";

/** The training of a feature network. */
export function lenetStage({ config, dataset, seed }: LenetStageInputs): Stage<LenetTrainingConfig> {
  const { network, recipe } = config;
  return {
    name: LENET_STAGE,
    kind: "images/feature-network-training",
    steps: recipe.steps,
    program: () => lenetProgram(config),
    layout: (found) => layoutOf(weightStateTypes(lenetTypes(found.network))),
    start: () => initialWeightState(initLenet(initialiser(parameterNormals(seed)), network), lenetTypes(network), ""),
    constants: {},
    batches: lenetBatches(dataset, config, seed),
    scalars: { learningRate: cosineSchedule({ peak: recipe.learningRate, last: 0, steps: recipe.steps }) },
  };
}

/** What a finished network keeps of the stage's state: the averaged weights. */
export function finishedLenet(state: NamedArrays): NamedArrays {
  return averagedWeights(state, "parameters", "");
}

type Inputs = WeightState<LenetParameters> & {
  readonly images: tf.Tensor;
  readonly labels: tf.Tensor;
  readonly dropout: LenetDropout;
  readonly learningRate: tf.Tensor;
};

/** One step as a program: cross-entropy, gradients, AdamW, moving average of the weights. Output `loss`, in nats. */
export function lenetProgram({ network, recipe }: LenetTrainingConfig): Program {
  const { batchSize: items, weightDecay, averageDecay } = recipe;
  const { height, width, channels, features } = network;
  const signature = {
    ...weightStateTypes(lenetTypes(network)),
    images: f32(items, height, width, channels),
    labels: i32(items),
    dropout: { hidden: f32(items, features), features: f32(items, features) },
    learningRate: f32(),
  };
  return traceTyped<Inputs>(signature, ({ parameters, average, optimiser, images, labels, dropout, learningRate }) => {
    const { logits } = lenet(parameters, images, dropout);
    const loss = tf.mean(softmaxCrossEntropy(logits, labels));
    const next = adamW(parameters, gradients(loss, parameters), optimiser, learningRate, { weightDecay });
    return {
      loss,
      parameters: next.parameters,
      average: movingAverage(average, next.parameters, averageDecay),
      optimiser: next.state,
    };
  });
}

/** Inputs of each step besides the learning rate: a pure function of the step. */
function lenetBatches(
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
