import {
  initPhi,
  multiScaleScales,
  sharedPhi,
  tensorGrid,
  vectorQuantiser,
  type AccumulationScale,
  type GridSize,
  type HostParameters,
  type Initialiser,
  type Phi,
  type Quantiser,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig } from "../config/config.js";
import { initAutoencoder, type AutoencoderConfig, type AutoencoderParameters } from "./autoencoder.js";

/** Phi convolutions shared by neighbouring scales; four as in VAR. */
const PHIS = 4;

/** Weights of the tokeniser that are learned by gradient. */
export type TokeniserParameters = AutoencoderParameters & { readonly phi: readonly Phi<tf.Tensor>[] };

/** The part of a configuration that the autoencoder reads. */
export function autoencoderConfig({ height, width, channels, tokeniser }: ImageModelConfig): AutoencoderConfig {
  return { height, width, channels, widths: tokeniser.widths, latentChannels: tokeniser.latentChannels };
}

/** Grid of each scale, coarsest first. */
export function scaleSizes({ tokeniser }: Pick<ImageModelConfig, "tokeniser">): readonly GridSize[] {
  return tokeniser.scales.map((side) => [side, side]);
}

/** Initial parameters; the phis' are drawn from a source of their own, as `phiNormals` makes it. */
export function initTokeniser(
  config: ImageModelConfig,
  random: Initialiser,
  phiRandom: Initialiser,
): HostParameters<TokeniserParameters> {
  const phi = initPhi(phiRandom, PHIS, config.tokeniser.latentChannels);
  return { ...initAutoencoder(random, autoencoderConfig(config)), phi };
}

/** The scales of the walk over latents, and the quantiser of their values; inside a trace. */
export function tokeniserWalk(
  config: ImageModelConfig,
  phi: readonly Phi<tf.Tensor>[],
  embeddings: readonly tf.Tensor[],
): { readonly scales: readonly AccumulationScale<tf.Tensor>[]; readonly quantiser: Quantiser<tf.Tensor, tf.Tensor> } {
  const sizes = scaleSizes(config);
  return {
    scales: multiScaleScales(tensorGrid, { sizes }, sharedPhi(phi, sizes.length)),
    quantiser: vectorQuantiser(embeddings),
  };
}

/** Where the walk over the latents of `items` images starts. */
export function zeroLatents(config: ImageModelConfig, items: number): tf.Tensor {
  const [height, width] = scaleSizes(config).at(-1)!;
  return tf.zeros([items, height, width, config.tokeniser.latentChannels]);
}
