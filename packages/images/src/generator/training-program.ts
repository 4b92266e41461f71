import { f32, i32, type Program } from "@nextscale/engine";
import { codeNats, corrupted, encode, flattenSites, scaleOffsets, selectCodes, walk } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig, ImageTrainingConfig } from "../model/config.js";
import { traceTyped } from "../model/traced.js";
import type { WeightTypes } from "../model/weights.js";
import { encodeImages } from "../tokeniser/autoencoder.js";
import { tokeniserWalk, zeroLatents, type TokeniserParameters } from "../tokeniser/tokeniser.js";
import {
  scheduledTypes,
  updateWeights,
  weightStateTypes,
  type ScheduledInputs,
  type WeightState,
} from "../training/weight-state.js";
import { imageRefiner, scaleGeometry, type RefinerParameters } from "./generator.js";

/** VAR's second-moment decay; the weight decay is the preset's. */
const BETAS = [0.9, 0.95] as const;

type Inputs = ScheduledInputs & {
  readonly tokeniser: TokeniserParameters;
  readonly embeddings: readonly tf.Tensor[];
  readonly state: WeightState<RefinerParameters>;
  readonly images: tf.Tensor;
  /** int32 [batch]: the number of classes for none. */
  readonly labels: tf.Tensor;
  /** For each scale int32 [batch, side, side]: 1 where the code is replaced, and by what. */
  readonly noise: readonly { readonly mask: tf.Tensor; readonly replacement: tf.Tensor }[];
};

/**
 * One training step of the refiner: the frozen tokeniser encodes the images on the way, with some codes replaced and the
 * targets of finer scales recomputed (self-correction), so that nothing has to be cached and augmentation is free.
 *
 * The loss is the mean cross-entropy over all sites of all scales, in nats (eq. 18). Outputs `loss`, its mean over each
 * scale `nats1`, `nats2`, ..., and the state.
 */
export function refinerProgram(config: ImageModelConfig, training: ImageTrainingConfig, types: WeightTypes): Program {
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
    ...scheduledTypes,
  };
  return traceTyped<Inputs>(signature, ({ tokeniser, embeddings, state, images, labels, noise, ...rates }) => {
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
    const next = updateWeights(loss, state, rates, { betas: BETAS, weightDecay });
    return { loss, ...lossByScale(nats, config), state: next };
  });
}

/** Mean nats per code of each scale, counted from 1. */
function lossByScale(nats: tf.Tensor, config: ImageModelConfig): Record<string, tf.Tensor> {
  const scales = scaleGeometry(config);
  const offsets = scaleOffsets(scales);
  const means = scales.map(({ sites }, k) => tf.mean(tf.slice(nats, [0, offsets[k]!], [-1, sites])));
  return Object.fromEntries(means.map((mean, k) => [`nats${k + 1}`, mean]));
}
