import { f32, i32, trace, type Program, type TensorType, type Tree } from "@nextscale/engine";
import {
  codeNats,
  encode,
  generate,
  generationTypes,
  given,
  sumByScale,
  teacherForced,
  walk,
  type GenerationInputs,
  type SamplingPlan,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig } from "../model/config.js";
import type { WeightTypes } from "../model/weights.js";
import { decodeLatents, encodeImages } from "../tokeniser/autoencoder.js";
import { autoencoderConfig, tokeniserWalk, zeroLatents, type TokeniserParameters } from "../tokeniser/tokeniser.js";
import { imageRefiner, scaleGeometry, type RefinerParameters } from "./generator.js";

/*
 * What a finished model can do, each as one program for a fixed batch size. Weights are inputs named as in the
 * checkpoint (`tokeniser/...`, `embeddings/...`, `refiner/...`), to be compiled in as constants.
 */

/** Weights as tensors. */
interface Weights {
  readonly tokeniser: TokeniserParameters;
  readonly embeddings: readonly tf.Tensor[];
  readonly refiner: RefinerParameters;
}

/** int32 [items, side, side] for each scale. */
function codeTypes(config: ImageModelConfig, items: number): readonly TensorType[] {
  return config.tokeniser.scales.map((side) => i32(items, side, side));
}

function imageType({ height, width, channels }: ImageModelConfig, items: number): TensorType {
  return f32(items, height, width, channels);
}

function traceWith<Inputs>(fn: (inputs: Inputs) => Tree<tf.Tensor>, signature: object): Program {
  return trace(fn as (inputs: unknown) => Tree<tf.Tensor>, signature as Tree<TensorType>);
}

/** labels, gumbel/k, controls/... -> images, codes/k. The whole coarse-to-fine generation and the decoder. */
export function samplingProgram(
  config: ImageModelConfig,
  types: WeightTypes,
  plan: SamplingPlan,
  items: number,
): Program {
  const generation = generationTypes(plan, scaleGeometry(config), items, config.tokeniser.vocabulary);
  const refiner = imageRefiner(config);
  return traceWith(
    ({
      tokeniser,
      embeddings,
      refiner: params,
      ...inputs
    }: Weights & Omit<GenerationInputs<RefinerParameters, tf.Tensor>, "params" | "start">) => {
      const model = { refiner, plan, ...tokeniserWalk(config, tokeniser.phi, embeddings) };
      const visits = generate(model, { params, start: zeroLatents(config, items), ...inputs });
      const images = decodeLatents(tokeniser.decoder, visits.at(-1)!.state, autoencoderConfig(config));
      return { images, codes: visits.map(({ codes }) => codes) };
    },
    { ...types, ...generation },
  );
}

/** images -> codes/k */
export function encodingProgram(config: ImageModelConfig, types: WeightTypes, items: number): Program {
  return traceWith(
    ({ tokeniser, embeddings, images }: Pick<Weights, "tokeniser" | "embeddings"> & { images: tf.Tensor }) => {
      const { scales, quantiser } = tokeniserWalk(config, tokeniser.phi, embeddings);
      const latents = encodeImages(tokeniser.encoder, images);
      const visits = [...walk(scales, zeroLatents(config, items), encode(quantiser, latents))];
      return { codes: visits.map(({ codes }) => codes) };
    },
    { tokeniser: types.tokeniser, embeddings: types.embeddings, images: imageType(config, items) },
  );
}

/** images -> latents, before any quantisation. */
export function latentProgram(config: ImageModelConfig, types: WeightTypes, items: number): Program {
  return traceWith(
    ({ tokeniser, images }: Pick<Weights, "tokeniser"> & { images: tf.Tensor }) => ({
      latents: encodeImages(tokeniser.encoder, images),
    }),
    { tokeniser: types.tokeniser, images: imageType(config, items) },
  );
}

/** codes/k -> images/k: what the scales up to k decode to, for each of `shown`. */
export function decodingProgram(
  config: ImageModelConfig,
  types: WeightTypes,
  items: number,
  shown: readonly number[],
): Program {
  return traceWith(
    ({ tokeniser, embeddings, codes }: Pick<Weights, "tokeniser" | "embeddings"> & { codes: readonly tf.Tensor[] }) => {
      const { scales, quantiser } = tokeniserWalk(config, tokeniser.phi, embeddings);
      const visits = [...walk(scales, zeroLatents(config, items), given(quantiser, codes))];
      const decode = (k: number) => decodeLatents(tokeniser.decoder, visits[k]!.state, autoencoderConfig(config));
      return { images: Object.fromEntries(shown.map((k) => [k, decode(k)])) };
    },
    { tokeniser: types.tokeniser, embeddings: types.embeddings, codes: codeTypes(config, items) },
  );
}

/** codes/k, labels -> nats [items, scales]; per site the largest probability and whether it fell on the code. */
export function likelihoodProgram(config: ImageModelConfig, types: WeightTypes, items: number): Program {
  const refiner = imageRefiner(config);
  return traceWith(
    ({
      tokeniser,
      embeddings,
      refiner: params,
      codes,
      labels,
    }: Weights & { codes: readonly tf.Tensor[]; labels: tf.Tensor }) => {
      const model = { refiner, ...tokeniserWalk(config, tokeniser.phi, embeddings) };
      const logits = teacherForced(model, { params, start: zeroLatents(config, items), codes, labels });
      const flat = tf.concat(codes.map((scale) => tf.reshape(scale, [items, -1])), 1); // prettier-ignore
      const best = tf.argMax(logits, -1);
      return {
        nats: sumByScale(codeNats(logits, flat), refiner.scales),
        confidence: tf.max(tf.softmax(logits), -1),
        correct: tf.equal(best, flat),
      };
    },
    { ...types, codes: codeTypes(config, items), labels: i32(items) },
  );
}
