import {
  adamW,
  adamWSignature,
  clipByGlobalNorm,
  f32,
  gradients,
  i32,
  movingAverage,
  stopGradient,
  trace,
  type AdamWState,
  type Program,
  type TensorType,
  type Tree,
} from "@nextscale/engine";
import {
  areaMatrix,
  bicubicMatrix,
  codebookTypes,
  encode,
  learnCodebooks,
  meanSquaredError,
  tensorGrid,
  vqLosses,
  walk,
  type Codebook,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig, ImageTrainingConfig } from "../model/config.js";
import { decodeLatents, encodeImages } from "./autoencoder.js";
import { autoencoderConfig, scaleSizes, tokeniserWalk, zeroLatents, type TokeniserParameters } from "./tokeniser.js";

/** Gradient norm above which a step is scaled down. */
const MAXIMUM_NORM = 1;
const OPTIMISER = { betas: [0.9, 0.99], weightDecay: 1e-4 } as const;
/** Keeps latents of the warm-up near unit size, where nothing else does. */
const LATENT_DECAY = 0.01;
/** beta of eq. 1. */
const COMMITMENT = 0.25;
const CODEBOOK_DECAY = 0.99;
/** Share of its expected hits below which a code is restarted. */
const RESTART_THRESHOLD = 0.1;

/** State that both phases train: the weights, their moving average, and AdamW's moments. */
interface WeightState {
  readonly parameters: TokeniserParameters;
  readonly average: TokeniserParameters;
  readonly optimiser: AdamWState<TokeniserParameters>;
}

/** Types of the weight state for parameters of the given types. */
export function weightStateTypes(parameters: Tree<TensorType>): Tree<TensorType> {
  return { parameters, average: parameters, optimiser: adamWSignature(parameters) };
}

/** Inputs of every training step that follow schedules. */
const scheduled = { learningRate: f32(), averageDecay: f32() };

interface Scheduled {
  readonly learningRate: tf.Tensor;
  readonly averageDecay: tf.Tensor;
}

function updateWeights(loss: tf.Tensor, state: WeightState, { learningRate, averageDecay }: Scheduled): WeightState {
  const { clipped } = clipByGlobalNorm(gradients(loss, state.parameters), MAXIMUM_NORM);
  const { parameters, state: optimiser } = adamW(state.parameters, clipped, state.optimiser, learningRate, OPTIMISER);
  return { parameters, optimiser, average: movingAverage(state.average, parameters, averageDecay) };
}

/** One warm-up step: a plain autoencoder, so that k-means finds latents worth clustering. */
export function warmUpProgram(
  config: ImageModelConfig,
  training: ImageTrainingConfig,
  parameters: Tree<TensorType>,
): Program {
  const { height, width, channels } = config;
  const signature = {
    state: weightStateTypes(parameters),
    images: f32(training.tokeniser.batchSize, height, width, channels),
    ...scheduled,
  };
  const step = ({ state, images, ...rates }: { state: WeightState; images: tf.Tensor } & Scheduled) => {
    const latents = encodeImages(state.parameters.encoder, images);
    const decoded = decodeLatents(state.parameters.decoder, latents, autoencoderConfig(config));
    const reconstruction = meanSquaredError(decoded, images);
    const size = tf.mul(tf.mean(tf.square(latents)), LATENT_DECAY);
    const loss = tf.add(tf.mul(reconstruction, training.tokeniser.reconstruction), size);
    return { reconstruction, state: updateWeights(loss, state, rates) };
  };
  return trace(step as unknown as (inputs: unknown) => Tree<tf.Tensor>, signature as Tree<TensorType>);
}

/** Inputs of a quantised step. */
interface QuantisedInputs extends Scheduled {
  readonly state: WeightState;
  readonly codebooks: readonly Codebook<tf.Tensor>[];
  readonly images: tf.Tensor;
  /** [batch, scales]: one-hot of the last scale that is decoded. */
  readonly lastScale: tf.Tensor;
  readonly restart: { readonly choices: readonly tf.Tensor[]; readonly active: tf.Tensor };
}

/** One step of the quantised autoencoder: eq. 1 over all scales, codebooks by moving averages. */
export function tokeniserProgram(
  config: ImageModelConfig,
  training: ImageTrainingConfig,
  parameters: Tree<TensorType>,
): Program {
  const { height, width, channels, tokeniser } = config;
  const { batchSize, reconstruction: weight } = training.tokeniser;
  const scaleCount = tokeniser.scales.length;
  const signature = {
    state: weightStateTypes(parameters),
    codebooks: tokeniser.scales.map(() => codebookTypes(tokeniser.vocabulary, tokeniser.latentChannels)),
    images: f32(batchSize, height, width, channels),
    lastScale: f32(batchSize, scaleCount),
    restart: { choices: tokeniser.scales.map(() => i32(tokeniser.vocabulary)), active: f32(1) },
    ...scheduled,
  };
  const step = ({ state, codebooks, images, lastScale, restart, ...rates }: QuantisedInputs) => {
    const { encoder, decoder, phi } = state.parameters;
    const latents = encodeImages(encoder, images);
    const { scales, quantiser } = tokeniserWalk(
      config,
      phi,
      codebooks.map(({ embedding }) => embedding),
    );
    const visits = [...walk(scales, zeroLatents(config, batchSize), encode(quantiser, stopGradient(latents)))];
    const decoded = decodeLatents(decoder, prefixLatents(config, latents, visits.map((visit) => visit.state), lastScale), autoencoderConfig(config)); // prettier-ignore
    const reconstruction = meanSquaredError(decoded, images);
    const losses = vqLosses(tf.mul(reconstruction, weight), latents, visits.map((visit) => visit.state), { codebook: 1, commitment: COMMITMENT }); // prettier-ignore
    const learned = learnCodebooks(codebooks, visits, {
      decay: CODEBOOK_DECAY,
      restart: { threshold: RESTART_THRESHOLD, ...restart },
    });
    return {
      reconstruction,
      codebook: losses.codebook,
      commitment: losses.commitment,
      restarted: tf.addN([...learned.restarted]),
      state: updateWeights(losses.total, state, rates),
      codebooks: learned.codebooks,
    };
  };
  return trace(step as unknown as (inputs: unknown) => Tree<tf.Tensor>, signature as Tree<TensorType>);
}

/**
 * For each image the latents after its last scale, with a straight-through gradient for just the part of the encoder's
 * output that scales up to that one can express: down to the scale's grid and up again.
 */
function prefixLatents(
  config: ImageModelConfig,
  latents: tf.Tensor,
  states: readonly tf.Tensor[],
  lastScale: tf.Tensor,
): tf.Tensor {
  const sizes = scaleSizes(config);
  const [fullHeight, fullWidth] = sizes.at(-1)!;
  const chosen = states.map((state, k) => {
    const [height, width] = sizes[k]!;
    const down = { rows: areaMatrix(fullHeight, height), columns: areaMatrix(fullWidth, width) };
    const up = { rows: bicubicMatrix(height, fullHeight), columns: bicubicMatrix(width, fullWidth) };
    const expressible = tensorGrid.apply(up, tensorGrid.apply(down, latents));
    const passed = tf.add(state, tf.sub(expressible, stopGradient(expressible)));
    return tf.mul(passed, tf.reshape(tf.slice(lastScale, [0, k], [-1, 1]), [-1, 1, 1, 1]));
  });
  return tf.addN(chosen);
}
