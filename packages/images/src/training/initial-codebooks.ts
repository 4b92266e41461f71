import type { Engine, NamedArrays } from "@nextscale/engine";
import {
  fitCodebooks,
  hostGrid,
  hostTensor,
  multiScaleScales,
  randomStream,
  currentWeights,
} from "@nextscale/refinement-core";
import { scaleSizes } from "../tokeniser/tokeniser.js";
import { datasetLatents } from "./latents.js";
import type { StageInputs } from "./run.js";

/** Images that codebooks are fitted on. */
const MOST_IMAGES = 4000;

/**
 * Codebooks by residual k-means over the latents of some training images, named as in the training state.
 *
 * @param state the autoencoder's, after its last step
 */
export async function initialCodebooks(inputs: StageInputs, state: NamedArrays, engine: Engine): Promise<NamedArrays> {
  const { model, training } = inputs.config;
  const images = Math.min(MOST_IMAGES, inputs.dataset.count);
  const latents = await datasetLatents(inputs, currentWeights(state, "tokeniser"), engine, images);
  const scales = multiScaleScales(hostGrid, { sizes: scaleSizes(model) });
  const books = fitCodebooks(scales, hostTensor(latents.shape), latents, {
    vocabulary: model.tokeniser.vocabulary,
    sharing: "per-scale",
    stream: randomStream(inputs.seed, "images/codebooks"),
    batchSize: training.tokeniser.batchSize,
  });
  return Object.fromEntries(
    books.flatMap(({ embedding, count, sum }, k) => [
      [`codebooks/${k}/embedding`, embedding.data],
      [`codebooks/${k}/count`, count.data],
      [`codebooks/${k}/sum`, sum.data],
    ]),
  );
}
