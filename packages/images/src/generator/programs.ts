import { i32, type Program } from "@nextscale/engine";
import {
  codeNats,
  generate,
  generationTypes,
  sumByScale,
  teacherForced,
  type GenerationInputs,
  type SamplingPlan,
  traceTyped,
  type TypesOf,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig } from "../config/config.js";
import type { WeightTypes } from "./weights.js";
import { decodeLatents } from "../tokeniser/autoencoder.js";
import { codeTypes, type TokeniserWeights } from "../tokeniser/programs.js";
import { autoencoderConfig, tokeniserWalk, zeroLatents } from "../tokeniser/tokeniser.js";
import { imageRefiner, scaleGeometry, type RefinerParameters } from "./generator.js";

/*
 * What a finished model can do with its refiner, each as one program for a fixed number of items. Weights are inputs named
 * as in the checkpoint (`tokeniser/...`, `embeddings/...`, `refiner/...`), to be compiled in as constants.
 */

type Weights = TokeniserWeights & { readonly refiner: RefinerParameters };
type SamplingInputs = Weights & Omit<GenerationInputs<RefinerParameters, tf.Tensor>, "params" | "start">;
type LikelihoodInputs = Weights & { readonly codes: readonly tf.Tensor[]; readonly labels: tf.Tensor };

/**
 * labels, uniform/k, controls/... -> images [items, height, width, channels], codes/k: the whole coarse-to-fine generation
 * (eq. 17 to 19) and the decoder (eq. 20).
 */
export function samplingProgram(
  config: ImageModelConfig,
  types: WeightTypes,
  plan: SamplingPlan,
  items: number,
): Program {
  const refiner = imageRefiner(config);
  const signature: TypesOf<SamplingInputs> = {
    ...types,
    ...generationTypes(plan, scaleGeometry(config), items, config.tokeniser.vocabulary),
  };
  return traceTyped<SamplingInputs>(signature, ({ tokeniser, embeddings, refiner: params, ...inputs }) => {
    const model = { refiner, plan, ...tokeniserWalk(config, tokeniser.phi, embeddings) };
    const visits = generate(model, { params, start: zeroLatents(config, items), ...inputs });
    const images = decodeLatents(tokeniser.decoder, visits.at(-1)!.state, autoencoderConfig(config));
    return { images, codes: visits.map(({ codes }) => codes) };
  });
}

/**
 * codes/k, labels -> nats [items, scales], exact; per site of all scales [items, sites] the largest probability
 * (`confidence`) and whether it fell on the code (`correct`).
 */
export function likelihoodProgram(config: ImageModelConfig, types: WeightTypes, items: number): Program {
  const refiner = imageRefiner(config);
  const signature = { ...types, codes: codeTypes(config, items), labels: i32(items) };
  return traceTyped<LikelihoodInputs>(signature, ({ tokeniser, embeddings, refiner: params, codes, labels }) => {
    const model = { refiner, ...tokeniserWalk(config, tokeniser.phi, embeddings) };
    const logits = teacherForced(model, { params, start: zeroLatents(config, items), codes, labels });
    const flat = tf.concat(
      codes.map((scale) => tf.reshape(scale, [items, -1])),
      1,
    );
    return {
      nats: sumByScale(codeNats(logits, flat), refiner.scales),
      confidence: tf.max(tf.softmax(logits), -1),
      correct: tf.equal(tf.argMax(logits, -1), flat),
    };
  });
}
