import { isTensorType, mapTree, type TensorType, type Tree } from "@nextscale/engine";
import { requireTensors, layoutOf, type AccumulationScale, type Checkpoint, type Quantiser } from "@nextscale/refinement-core"; // prettier-ignore
import * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig } from "../config/config.js";
import { decodeLatents, encodeImages } from "./autoencoder.js";
import type { TokeniserWeights } from "./programs.js";
import { autoencoderConfig, scaleSizes, tokeniserWalk } from "./tokeniser.js";
import { tokeniserTypes } from "./weights.js";

/** A trained tokeniser as functions for traces, its weights constants of the program: for other models of its latents. */
export interface FrozenTokeniser {
  /** Height, width and channels of the latents of an image. */
  readonly latent: readonly [height: number, width: number, channels: number];
  /** Images [B, height, width, channels] in [0, 1] to latents [B, ...latent], not quantised. */
  latents(images: tf.Tensor): tf.Tensor;
  /** Latents to images in (0, 1). */
  images(latents: tf.Tensor): tf.Tensor;
  /** The scales of the walk over latents, which starts from zeros [B, ...latent], and the quantiser of their values. */
  walk(): {
    readonly scales: readonly AccumulationScale<tf.Tensor>[];
    readonly quantiser: Quantiser<tf.Tensor, tf.Tensor>;
  };
}

/**
 * The tokeniser of an image model.
 *
 * @throws NextscaleError `invalid-data` when weights are missing or of another form than the configuration implies
 */
export function frozenTokeniser({
  config,
  tensors,
}: Pick<Checkpoint<ImageModelConfig>, "config" | "tensors">): FrozenTokeniser {
  const types = tokeniserTypes(config);
  const layout = layoutOf(types);
  const own = Object.fromEntries(Object.entries(tensors).filter(([name]) => Object.hasOwn(layout, name)));
  requireTensors("images/frozenTokeniser", own, layout);
  const constants = (): TokeniserWeights => {
    const constant = ({ shape }: TensorType, path: string) => tf.tensor(own[path] as Float32Array, [...shape]);
    return mapTree(types as unknown as Tree<TensorType>, isTensorType, constant) as unknown as TokeniserWeights;
  };
  const sizes = autoencoderConfig(config);
  return {
    latent: [...scaleSizes(config).at(-1)!, config.tokeniser.latentChannels],
    latents: (images) => encodeImages(constants().tokeniser.encoder, images),
    images: (latents) => decodeLatents(constants().tokeniser.decoder, latents, sizes),
    walk() {
      const { tokeniser, embeddings } = constants();
      return tokeniserWalk(config, tokeniser.phi, embeddings);
    },
  };
}
