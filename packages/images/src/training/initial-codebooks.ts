import type { Engine, NamedArrays } from "@nextscale/engine";
import {
  fitCodebooks,
  hostGrid,
  hostTensor,
  multiScaleScales,
  randomStream,
  type HostTensor,
} from "@nextscale/refinement-core";
import { latentProgram } from "../tokeniser/programs.js";
import { scaleSizes } from "../tokeniser/tokeniser.js";
import { imagesAt } from "./batches.js";
import type { StageInputs } from "./stage.js";
import { currentWeights } from "./weight-state.js";

/** Images that codebooks are fitted on. */
const MOST_IMAGES = 4000;
const BATCH = 250;

/**
 * Codebooks by residual k-means over the latents of some training images, named as in the training state.
 *
 * @param state the autoencoder's, after its last step
 */
export async function initialCodebooks(inputs: StageInputs, state: NamedArrays, engine: Engine): Promise<NamedArrays> {
  const { model, training } = inputs.config;
  const latents = await latentsOf(inputs, state, engine);
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

/** Latents [images, height, width, channels] of the first images of the data set, as many as fill whole batches. */
async function latentsOf(
  { config: { model }, types, dataset }: StageInputs,
  state: NamedArrays,
  engine: Engine,
): Promise<HostTensor> {
  const batch = Math.min(BATCH, dataset.count);
  const count = Math.min(MOST_IMAGES, dataset.count - (dataset.count % batch));
  const [height, width] = scaleSizes(model).at(-1)!;
  const latents = hostTensor([count, height, width, model.tokeniser.latentChannels]);
  const program = latentProgram(model, types, batch);
  const weights = currentWeights(state, "tokeniser");
  const names = program.inputs.map(({ name }) => name).filter((name) => name !== "images");
  const constants = Object.fromEntries(names.map((name) => [name, weights[name]!]));
  const executable = await engine.compile(program, { constants });
  try {
    const perBatch = (latents.data.length / count) * batch;
    for (let first = 0; first < count; first += batch) {
      const output = await executable.run({ images: imagesAt(dataset, first, batch) });
      latents.data.set(output["latents"] as Float32Array, (first / batch) * perBatch);
    }
  } finally {
    await executable.close();
  }
  return latents;
}
