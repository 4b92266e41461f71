import {
  adamW,
  clipByGlobalNorm,
  f32,
  gradients,
  i32,
  movingAverage,
  trace,
  type AdamWState,
  type Program,
  type TensorType,
  type Tree,
} from "@nextscale/engine";
import { codeNats, corrupted, encode, flattenSites, selectCodes, walk } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig, ImageTrainingConfig } from "../model/config.js";
import { encodeImages } from "../tokeniser/autoencoder.js";
import { tokeniserWalk, zeroLatents, type TokeniserParameters } from "../tokeniser/tokeniser.js";
import { weightStateTypes } from "../tokeniser/training-program.js";
import { imageRefiner, scaleGeometry, type RefinerParameters } from "./generator.js";

const MAXIMUM_NORM = 1;
const BETAS = [0.9, 0.95] as const;

interface Inputs {
  readonly tokeniser: Pick<TokeniserParameters, "encoder" | "phi">;
  readonly embeddings: readonly tf.Tensor[];
  readonly state: {
    readonly parameters: RefinerParameters;
    readonly average: RefinerParameters;
    readonly optimiser: AdamWState<RefinerParameters>;
  };
  readonly images: tf.Tensor;
  readonly labels: tf.Tensor;
  readonly noise: readonly { readonly mask: tf.Tensor; readonly replacement: tf.Tensor }[];
  readonly learningRate: tf.Tensor;
  readonly averageDecay: tf.Tensor;
}

/**
 * One training step of the refiner: the frozen tokeniser encodes the images on the way, with some codes replaced and the
 * targets of finer scales recomputed (self-correction), so that nothing has to be cached and augmentation is free.
 *
 * The loss is the mean cross-entropy over all sites of all scales, in nats (eq. 18).
 */
export function refinerProgram(
  config: ImageModelConfig,
  training: ImageTrainingConfig,
  types: {
    readonly tokeniser: Tree<TensorType>;
    readonly embeddings: Tree<TensorType>;
    readonly refiner: Tree<TensorType>;
  },
): Program {
  const { height, width, channels } = config;
  const { batchSize, weightDecay } = training.refiner;
  const refiner = imageRefiner(config);
  const grids = config.tokeniser.scales.map((side) => [batchSize, side, side]);
  const signature = {
    tokeniser: types.tokeniser,
    embeddings: types.embeddings,
    state: weightStateTypes(types.refiner),
    images: f32(batchSize, height, width, channels),
    labels: i32(batchSize),
    noise: grids.map((grid) => ({ mask: i32(...grid), replacement: i32(...grid) })),
    learningRate: f32(),
    averageDecay: f32(),
  };
  const step = ({ tokeniser, embeddings, state, images, labels, noise, learningRate, averageDecay }: Inputs) => {
    const latents = encodeImages(tokeniser.encoder, images);
    const { scales, quantiser } = tokeniserWalk(config, tokeniser.phi, embeddings);
    const policy = corrupted(quantiser, encode(quantiser, latents), (k, codes) =>
      selectCodes(noise[k]!.mask, noise[k]!.replacement, codes),
    );
    const visits = [...walk(scales, zeroLatents(config, batchSize), policy)];
    const contexts = visits.map(({ context }) => flattenSites(context));
    const targets = visits.map((visit) => tf.reshape(visit.targets, [batchSize, -1]));
    const logits = refiner.applyAll(state.parameters, contexts, labels);
    const nats = codeNats(logits, tf.concat(targets, 1));
    const loss = tf.mean(nats);
    const { clipped } = clipByGlobalNorm(gradients(loss, state.parameters), MAXIMUM_NORM);
    const next = adamW(state.parameters, clipped, state.optimiser, learningRate, { betas: BETAS, weightDecay });
    return {
      loss,
      ...lossByScale(nats, config),
      state: {
        parameters: next.parameters,
        optimiser: next.state,
        average: movingAverage(state.average, next.parameters, averageDecay),
      },
    };
  };
  return trace(step as unknown as (inputs: unknown) => Tree<tf.Tensor>, signature as Tree<TensorType>);
}

/** Mean nats per code of each scale, counted from 1. */
function lossByScale(nats: tf.Tensor, config: ImageModelConfig): Record<string, tf.Tensor> {
  let start = 0;
  return Object.fromEntries(
    scaleGeometry(config).map(({ sites }, k) => {
      const scale = tf.mean(tf.slice(nats, [0, start], [-1, sites]));
      start += sites;
      return [`nats${k + 1}`, scale];
    }),
  );
}
