import { f32, i32, type Program } from "@nextscale/engine";
import {
  codeNats,
  corrupted,
  encode,
  flattenSites,
  isHiddenMatrix,
  scaleOffsets,
  scaleTransformerDecays,
  selectCodes,
  walk,
  traceTyped,
  scheduledTypes,
  updateWeights,
  weightStateTypes,
  type ScheduledInputs,
  type WeightState,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { ImageModelConfig, ImageTrainingConfig } from "../config/config.js";
import type { WeightTypes } from "../generator/weights.js";
import { scaleSizes, tokeniserWalk, zeroLatents, type TokeniserParameters } from "../tokeniser/tokeniser.js";
import { imageRefiner, scaleGeometry, type RefinerParameters } from "../generator/generator.js";

/** VAR's second-moment decay; the weight decay is the preset's. */
const BETAS = [0.9, 0.95] as const;

/** Which parameters decay, and which are moved along orthogonalised directions. */
const GROUPS = { decays: scaleTransformerDecays, orthogonalised: isHiddenMatrix };

type Inputs = ScheduledInputs & {
  readonly tokeniser: TokeniserParameters;
  readonly embeddings: readonly tf.Tensor[];
  readonly state: WeightState<RefinerParameters>;
  /** [batch, height, width, channels] of the latent. */
  readonly latents: tf.Tensor;
  /** int32 [batch]: the number of classes for none. */
  readonly labels: tf.Tensor;
  /** For each scale int32 [batch, side, side]: 1 where the code is replaced, and by what. */
  readonly noise: readonly { readonly mask: tf.Tensor; readonly replacement: tf.Tensor }[];
};

/**
 * One training step of the refiner: the frozen tokeniser's quantiser makes codes of the latents, with some replaced and the
 * targets of finer scales recomputed (self-correction).
 *
 * The loss is the mean cross-entropy over all sites of all scales, in nats (eq. 18). Outputs `loss`, its mean over each
 * scale `nats1`, `nats2`, ..., and the state.
 */
export function refinerProgram(config: ImageModelConfig, training: ImageTrainingConfig, types: WeightTypes): Program {
  const [height, width] = scaleSizes(config).at(-1)!;
  const { batchSize, weightDecay } = training.refiner;
  const refiner = imageRefiner(config);
  const grids = config.tokeniser.scales.map((side) => [batchSize, side, side]);
  const signature = {
    tokeniser: types.tokeniser,
    embeddings: types.embeddings,
    state: weightStateTypes(types.refiner),
    latents: f32(batchSize, height, width, config.tokeniser.latentChannels),
    labels: i32(batchSize),
    noise: grids.map((grid) => ({ mask: i32(...grid), replacement: i32(...grid) })),
    ...scheduledTypes,
  };
  return traceTyped<Inputs>(signature, ({ tokeniser, embeddings, state, latents, labels, noise, ...rates }) => {
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
    const next = updateWeights(loss, state, rates, { betas: BETAS, weightDecay, ...GROUPS });
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
