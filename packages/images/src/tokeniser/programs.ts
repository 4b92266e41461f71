import { f32, i32, type Program, type TensorType } from "@nextscale/engine";
import { encode, given, walk, traceTyped } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig } from "../config/config.js";
import type { TokeniserTypes } from "./weights.js";
import { decodeLatents, encodeImages } from "./autoencoder.js";
import { autoencoderConfig, tokeniserWalk, zeroLatents, type TokeniserParameters } from "./tokeniser.js";

/*
 * What a trained tokeniser can do, each as one program for a fixed number of items. Weights are inputs named as in the
 * checkpoint (`tokeniser/...`, `embeddings/...`), to be compiled in as constants.
 */

/** Weights of the tokeniser as tensors. */
export type TokeniserWeights = {
  readonly tokeniser: TokeniserParameters;
  readonly embeddings: readonly tf.Tensor[];
};

/** images [items, height, width, channels] -> latents [items, height, width, latentChannels], before any quantisation. */
export function latentProgram(config: ImageModelConfig, { tokeniser }: TokeniserTypes, items: number): Program {
  return traceTyped<{ readonly tokeniser: TokeniserParameters; readonly images: tf.Tensor }>(
    { tokeniser, images: imageType(config, items) },
    (inputs) => ({ latents: encodeImages(inputs.tokeniser.encoder, inputs.images) }),
  );
}

/** images [items, height, width, channels] -> codes/k, int32 [items, side, side] for each scale. */
export function encodingProgram(
  config: ImageModelConfig,
  { tokeniser, embeddings }: TokeniserTypes,
  items: number,
): Program {
  return traceTyped<TokeniserWeights & { readonly images: tf.Tensor }>(
    { tokeniser, embeddings, images: imageType(config, items) },
    (inputs) => {
      const { scales, quantiser } = tokeniserWalk(config, inputs.tokeniser.phi, inputs.embeddings);
      const latents = encodeImages(inputs.tokeniser.encoder, inputs.images);
      const visits = [...walk(scales, zeroLatents(config, items), encode(quantiser, latents))];
      return { codes: visits.map(({ codes }) => codes) };
    },
  );
}

/** codes/k -> images/k [items, height, width, channels]: what the scales up to k decode to, for each k of `shown`. */
export function decodingProgram(
  config: ImageModelConfig,
  { tokeniser, embeddings }: TokeniserTypes,
  items: number,
  shown: readonly number[],
): Program {
  return traceTyped<TokeniserWeights & { readonly codes: readonly tf.Tensor[] }>(
    { tokeniser, embeddings, codes: codeTypes(config, items) },
    (inputs) => {
      const { scales, quantiser } = tokeniserWalk(config, inputs.tokeniser.phi, inputs.embeddings);
      const visits = [...walk(scales, zeroLatents(config, items), given(quantiser, inputs.codes))];
      const decode = (k: number) =>
        decodeLatents(inputs.tokeniser.decoder, visits[k]!.state, autoencoderConfig(config));
      return { images: Object.fromEntries(shown.map((k) => [k, decode(k)])) };
    },
  );
}

/** int32 [items, side, side] for each scale. */
export function codeTypes({ tokeniser }: ImageModelConfig, items: number): readonly TensorType[] {
  return tokeniser.scales.map((side) => i32(items, side, side));
}

function imageType({ height, width, channels }: ImageModelConfig, items: number): TensorType {
  return f32(items, height, width, channels);
}
