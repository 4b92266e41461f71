import { f32, type Program } from "@nextscale/engine";
import {
  encode,
  scheduledTypes,
  traceTyped,
  updateWeights,
  walk,
  weightStateTypes,
  type ScheduledInputs,
  type WeightState,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig, ImageTrainingConfig } from "../config/config.js";
import { decodeLogits, type DecoderParameters } from "../tokeniser/autoencoder.js";
import { autoencoderConfig, scaleSizes, tokeniserWalk, zeroLatents } from "../tokeniser/tokeniser.js";
import type { TokeniserTypes } from "../tokeniser/weights.js";
import type { TokeniserWeights } from "../tokeniser/programs.js";
import { atLastScale, TOKENISER_OPTIMISER } from "./tokeniser-program.js";

type Inputs = ScheduledInputs &
  TokeniserWeights & {
    readonly state: WeightState<DecoderParameters>;
    /** [batch, height, width, channels] of the latent. */
    readonly latents: tf.Tensor;
    readonly images: tf.Tensor;
    /** [batch, scales]: one-hot of the last scale that is decoded. */
    readonly lastScale: tf.Tensor;
  };

/**
 * One step of the decoder alone, on the codes that the frozen encoder and quantiser make. Outputs `crossEntropy`, the mean
 * over pixels in nats, and the state.
 *
 * In the quantised autoencoder the decoder learns from noisy residuals while its codes still move; here it gets what it will
 * be used on. The loss is the cross-entropy of pixels as probabilities: like the squared error it is least at their mean,
 * but it weighs dark and bright pixels, which are most of a drawing, by how far off they are in proportion.
 */
export function decoderProgram(
  config: ImageModelConfig,
  training: ImageTrainingConfig,
  { tokeniser, embeddings }: TokeniserTypes,
): Program {
  const { height, width, channels } = config;
  const { batchSize } = training.decoder;
  const [latentHeight, latentWidth] = scaleSizes(config).at(-1)!;
  const signature = {
    tokeniser,
    embeddings,
    state: weightStateTypes(tokeniser.decoder),
    latents: f32(batchSize, latentHeight, latentWidth, config.tokeniser.latentChannels),
    images: f32(batchSize, height, width, channels),
    lastScale: f32(batchSize, config.tokeniser.scales.length),
    ...scheduledTypes,
  };
  return traceTyped<Inputs>(
    signature,
    ({ tokeniser: frozen, embeddings: codes, state, latents, images, lastScale, ...rates }) => {
      const { scales, quantiser } = tokeniserWalk(config, frozen.phi, codes);
      const visits = [...walk(scales, zeroLatents(config, batchSize), encode(quantiser, latents))];
      const prefix = atLastScale(
        visits.map((visit) => visit.state),
        lastScale,
      );
      const logits = decodeLogits(state.parameters, prefix, autoencoderConfig(config));
      const crossEntropy = tf.mean(tf.sub(tf.softplus(logits), tf.mul(images, logits)));
      return { crossEntropy, state: updateWeights(crossEntropy, state, rates, TOKENISER_OPTIMISER) };
    },
  );
}
