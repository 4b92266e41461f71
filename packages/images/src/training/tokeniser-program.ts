import { f32, i32, stopGradient, type Program, type TensorType } from "@nextscale/engine";
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
  type Quantiser,
  traceTyped,
  type TypesOf,
  scheduledTypes,
  updateWeights,
  weightStateTypes,
  type ScheduledInputs,
  type WeightState,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig, ImageTrainingConfig } from "../config/config.js";
import { decodeLatents, encodeImages, isHiddenFilter } from "../tokeniser/autoencoder.js";
import {
  autoencoderConfig,
  scaleSizes,
  tokeniserWalk,
  zeroLatents,
  type TokeniserParameters,
} from "../tokeniser/tokeniser.js";

/** Of all that is trained of a tokeniser. */
export const TOKENISER_OPTIMISER = { betas: [0.9, 0.99], weightDecay: 1e-4, orthogonalised: isHiddenFilter } as const;
/** Keeps latents of the warm-up near unit size, where nothing else does. */
const LATENT_DECAY = 0.01;
/** beta of eq. 1. */
const COMMITMENT = 0.25;
/** gamma of the codebooks' moving averages (van den Oord et al. 2017, appendix A.1). */
const CODEBOOK_DECAY = 0.99;
/** Share of its expected hits below which a code is restarted. */
const RESTART_THRESHOLD = 0.1;

type WarmUpInputs = ScheduledInputs & {
  readonly state: WeightState<TokeniserParameters>;
  readonly images: tf.Tensor;
};

/**
 * One warm-up step: a plain autoencoder, so that k-means finds latents worth clustering. Outputs the loss
 * `reconstruction`, the mean squared error per pixel, and the state.
 */
export function warmUpProgram(
  config: ImageModelConfig,
  training: ImageTrainingConfig,
  parameters: TypesOf<TokeniserParameters>,
): Program {
  const { height, width, channels } = config;
  const { batchSize, reconstruction: weight } = training.tokeniser;
  const signature = {
    state: weightStateTypes(parameters),
    images: f32(batchSize, height, width, channels),
    ...scheduledTypes,
  };
  return traceTyped<WarmUpInputs>(signature, ({ state, images, ...rates }) => {
    const latents = encodeImages(state.parameters.encoder, images);
    const decoded = decodeLatents(state.parameters.decoder, latents, autoencoderConfig(config));
    const reconstruction = meanSquaredError(decoded, images);
    const size = tf.mul(tf.mean(tf.square(latents)), LATENT_DECAY);
    const loss = tf.add(tf.mul(reconstruction, weight), size);
    return { reconstruction, state: updateWeights(loss, state, rates, TOKENISER_OPTIMISER) };
  });
}

type QuantisedInputs = ScheduledInputs & {
  readonly state: WeightState<TokeniserParameters>;
  readonly codebooks: readonly Codebook<tf.Tensor>[];
  readonly images: tf.Tensor;
  /** [batch, scales]: one-hot of the last scale that is decoded. */
  readonly lastScale: tf.Tensor;
  /** For each scale standard normal [batch, side, side, channels]: what perturbs the residuals. */
  readonly perturbation: readonly tf.Tensor[];
  /** For each scale the tokens that restarted codes are set to, int32 [vocabulary]; 1 where restarts are on, [1]. */
  readonly restart: { readonly choices: readonly tf.Tensor[]; readonly active: tf.Tensor };
};

/**
 * One step of the quantised autoencoder: eq. 1 over all scales, codebooks by moving averages. Outputs the losses
 * `reconstruction`, `codebook` and `commitment`, each a mean of squares, the number of codes `restarted`, and the state.
 */
export function tokeniserProgram(
  config: ImageModelConfig,
  training: ImageTrainingConfig,
  parameters: TypesOf<TokeniserParameters>,
): Program {
  const { height, width, channels, tokeniser } = config;
  const { scales: sides, vocabulary } = tokeniser;
  const { batchSize, reconstruction: weight } = training.tokeniser;
  const signature = {
    state: weightStateTypes(parameters),
    codebooks: codebooksTypes(config),
    images: f32(batchSize, height, width, channels),
    lastScale: f32(batchSize, sides.length),
    perturbation: sides.map((side) => f32(batchSize, side, side, tokeniser.latentChannels)),
    restart: { choices: sides.map(() => i32(vocabulary)), active: f32(1) },
    ...scheduledTypes,
  };
  return traceTyped<QuantisedInputs>(
    signature,
    ({ state, codebooks, images, lastScale, perturbation, restart, ...rates }) => {
      const { encoder, decoder, phi } = state.parameters;
      const latents = encodeImages(encoder, images);
      const embeddings = codebooks.map(({ embedding }) => embedding);
      const { scales, quantiser } = tokeniserWalk(config, phi, embeddings);
      const noisy = perturbed(quantiser, perturbation, training.tokeniser.perturbation);
      const visits = [...walk(scales, zeroLatents(config, batchSize), encode(noisy, stopGradient(latents)))];
      const states = visits.map((visit) => visit.state);
      const prefix = prefixLatents(config, latents, states, lastScale);
      const reconstruction = meanSquaredError(decodeLatents(decoder, prefix, autoencoderConfig(config)), images);
      const weights = { codebook: 1, commitment: COMMITMENT };
      const losses = vqLosses(tf.mul(reconstruction, weight), latents, states, weights);
      const learned = learnCodebooks(codebooks, visits, {
        decay: CODEBOOK_DECAY,
        restart: { threshold: RESTART_THRESHOLD, ...restart },
      });
      return {
        reconstruction,
        codebook: losses.codebook,
        commitment: losses.commitment,
        restarted: tf.addN([...learned.restarted]),
        state: updateWeights(losses.total, state, rates, TOKENISER_OPTIMISER),
        codebooks: learned.codebooks,
      };
    },
  );
}

/** Types of the codebooks of all scales, as they are kept in the training state. */
export function codebooksTypes({ tokeniser }: ImageModelConfig): readonly Codebook<TensorType>[] {
  return tokeniser.scales.map(() => codebookTypes(tokeniser.vocabulary, tokeniser.latentChannels));
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
  const passed = states.map((state, k) => {
    const [height, width] = sizes[k]!;
    const down = { rows: areaMatrix(fullHeight, height), columns: areaMatrix(fullWidth, width) };
    const up = { rows: bicubicMatrix(height, fullHeight), columns: bicubicMatrix(width, fullWidth) };
    const expressible = tensorGrid.apply(up, tensorGrid.apply(down, latents));
    return tf.add(state, tf.sub(expressible, stopGradient(expressible)));
  });
  return atLastScale(passed, lastScale);
}

/**
 * For each image the latents after its last scale.
 *
 * @param latents after each scale, [batch, height, width, channels]
 * @param lastScale one-hot [batch, scales]
 */
export function atLastScale(latents: readonly tf.Tensor[], lastScale: tf.Tensor): tf.Tensor {
  const chosen = latents.map((after, k) =>
    tf.mul(after, tf.reshape(tf.slice(lastScale, [0, k], [-1, 1]), [-1, 1, 1, 1])),
  );
  return tf.addN(chosen);
}

/**
 * A quantiser that takes the code nearest to the residual plus noise of `strength` times the residual's own root mean
 * square: neighbouring codes stand in for each other, so the decoder learns to do without the exact one.
 */
function perturbed(
  quantiser: Quantiser<tf.Tensor, tf.Tensor>,
  noise: readonly tf.Tensor[],
  strength: number,
): Quantiser<tf.Tensor, tf.Tensor> {
  return {
    embed: quantiser.embed,
    quantise(scale, residual) {
      const size = tf.mul(tf.sqrt(tf.mean(tf.square(residual))), strength);
      return quantiser.quantise(scale, tf.add(residual, tf.mul(noise[scale]!, size)));
    },
  };
}
