import { silu } from "@nextscale/engine";
import type { HostParameters, Initialiser } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { autoencoderSizes } from "../config/autoencoder-sizes.js";
import {
  conv,
  convValid,
  initConv,
  initNorm,
  initResidual,
  initTransposed,
  normActivate,
  residual,
  transposed,
  type ConvParameters,
  type NormParameters,
  type ResidualParameters,
} from "./layers.js";

/** Size of the images and width of the network at half, quarter and latent resolution. */
export interface AutoencoderConfig {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly widths: readonly [half: number, quarter: number, latent: number];
  /** Channels of the latent, which are those of the code vectors. */
  readonly latentChannels: number;
}

/** Parameters of the encoder F of eq. 12. */
export type EncoderParameters = {
  readonly down1: ConvParameters;
  readonly half: ResidualParameters;
  readonly down2: ConvParameters;
  /** [1, height, width, channels] of the quarter grid: lets a convolution know where it is. */
  readonly position: tf.Tensor;
  readonly quarter: ResidualParameters;
  readonly down3: ConvParameters;
  readonly latent: ResidualParameters;
  readonly norm: NormParameters;
  readonly out: ConvParameters;
};

/** Parameters of the decoder G of eq. 20. */
export type DecoderParameters = {
  readonly in: ConvParameters;
  readonly position: tf.Tensor;
  readonly latent: ResidualParameters;
  readonly up1: ConvParameters;
  readonly quarter: ResidualParameters;
  readonly up2: ConvParameters;
  readonly half: ResidualParameters;
  readonly norm: NormParameters;
  readonly up3: ConvParameters;
  readonly out: ConvParameters;
};

/** Both halves. */
export type AutoencoderParameters = { readonly encoder: EncoderParameters; readonly decoder: DecoderParameters };

/** Standard deviation of position embeddings at the start. */
const POSITION_DEVIATION = 0.02;
/** Channels at full resolution, before the image. */
const FINEST_CHANNELS = 16;
/** Logit of the decoder's first guess: most pixels of a digit are dark. */
const DARK = -2;

/** Initial parameters. */
export function initAutoencoder(random: Initialiser, config: AutoencoderConfig): HostParameters<AutoencoderParameters> {
  const { channels, latentChannels } = config;
  const [c1, c2, c3] = config.widths;
  const { quarter, latent } = autoencoderSizes(config);
  const encoder = random.at("encoder");
  const decoder = random.at("decoder");
  return {
    encoder: {
      down1: initConv(encoder.at("down1"), { size: 4, inputs: channels, outputs: c1 }),
      half: initResidual(encoder.at("half"), c1, c1 / 2),
      down2: initConv(encoder.at("down2"), { size: 4, inputs: c1, outputs: c2 }),
      position: encoder.normal("position", [1, ...quarter, c2], POSITION_DEVIATION),
      quarter: initResidual(encoder.at("quarter"), c2),
      down3: initConv(encoder.at("down3"), { size: 3, inputs: c2, outputs: c3 }),
      latent: initResidual(encoder.at("latent"), c3),
      norm: initNorm(encoder.at("norm"), c3),
      out: initConv(encoder.at("out"), { size: 1, inputs: c3, outputs: latentChannels }),
    },
    decoder: {
      in: initConv(decoder.at("in"), { size: 3, inputs: latentChannels, outputs: c3 }),
      position: decoder.normal("position", [1, ...latent, c3], POSITION_DEVIATION),
      latent: initResidual(decoder.at("latent"), c3),
      up1: initTransposed(decoder.at("up1"), { size: 3, stride: 1, inputs: c3, outputs: c2 }),
      quarter: initResidual(decoder.at("quarter"), c2),
      up2: initTransposed(decoder.at("up2"), { size: 4, stride: 2, inputs: c2, outputs: c1 }),
      half: initResidual(decoder.at("half"), c1),
      norm: initNorm(decoder.at("norm"), c1),
      up3: initTransposed(decoder.at("up3"), { size: 4, stride: 2, inputs: c1, outputs: FINEST_CHANNELS }),
      out: {
        ...initConv(decoder.at("out"), { size: 3, inputs: FINEST_CHANNELS, outputs: channels }),
        bias: decoder.constant([channels], DARK),
      },
    },
  };
}

/** Images [items, height, width, channels] in [0, 1] to latents [items, latent height, latent width, latentChannels]. */
export function encodeImages(p: EncoderParameters, images: tf.Tensor): tf.Tensor {
  const half = residual(conv(images, p.down1, 2), p.half);
  const quarter = residual(tf.add(conv(half, p.down2, 2), p.position), p.quarter);
  const latent = residual(convValid(quarter, p.down3), p.latent);
  return conv(normActivate(latent, p.norm), p.out);
}

/** Latents to images in (0, 1). */
export function decodeLatents(p: DecoderParameters, latents: tf.Tensor, config: AutoencoderConfig): tf.Tensor {
  return tf.sigmoid(decodeLogits(p, latents, config));
}

/** Latents to the logits of images. */
export function decodeLogits(p: DecoderParameters, latents: tf.Tensor, config: AutoencoderConfig): tf.Tensor {
  const { image, half, quarter } = autoencoderSizes(config);
  const latent = residual(tf.add(conv(latents, p.in), p.position), p.latent);
  const atQuarter = residual(transposed(latent, p.up1, quarter, 1, "valid"), p.quarter);
  const atHalf = residual(transposed(atQuarter, p.up2, half, 2, "same"), p.half);
  const finest = transposed(normActivate(atHalf, p.norm), p.up3, image, 2, "same");
  return conv(silu(finest), p.out);
}

/** Filters whose inputs and outputs are both activations: not those that see or make pixels. For `orthogonalised` of `muon`. */
export function isHiddenFilter(path: string): boolean {
  return path.endsWith("/filter") && !/(^|\/)(encoder\/down1|decoder\/out)\//.test(path);
}
