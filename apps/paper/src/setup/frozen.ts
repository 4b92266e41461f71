import { linear, type HostTensor } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { constant } from "./method.js";

/** The linear autoencoder of section 4, learned before anything else and then left as it is. */
export interface FrozenAutoencoder {
  /** weight [784, 64], bias [64] */
  readonly encoder: { readonly weight: HostTensor; readonly bias: HostTensor };
  /** weight [64, 784], bias [784] */
  readonly decoder: { readonly weight: HostTensor; readonly bias: HostTensor };
}

/** E(x): [B, 784] -> [B, 64]. Can be traced. */
export function encoded({ encoder }: FrozenAutoencoder, images: tf.Tensor): tf.Tensor {
  return linear({ weight: constant(encoder.weight), bias: constant(encoder.bias) }, images);
}

/** D(z): [B, 64] -> [B, 784]. Can be traced. */
export function decoded({ decoder }: FrozenAutoencoder, latents: tf.Tensor): tf.Tensor {
  return linear({ weight: constant(decoder.weight), bias: constant(decoder.bias) }, latents);
}
