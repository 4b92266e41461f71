import type { NamedArrays } from "@nextscale/engine";
import {
  averagedWeights,
  layoutOf,
  randomStream,
  shuffledBatches,
  weightStateFrom,
  weightStateTypes,
  type HostTensor,
} from "@nextscale/refinement-core";
import { weightTypes } from "../generator/weights.js";
import { decoderProgram } from "./decoder-program.js";
import { gathered } from "./gathered.js";
import { lastScales } from "./last-scales.js";
import { decoderSchedules } from "./schedules.js";
import type { ImageStage, StageInputs } from "./run.js";

const DECODER = "tokeniser/decoder";

/**
 * Stage 3: the decoder alone, on the codes of a tokeniser that is finished otherwise.
 *
 * @param tokeniser what `finishedTokeniser` kept of stage 2
 * @param latents of all images, as `datasetLatents` gives them
 */
export function decoderStage(inputs: StageInputs, tokeniser: NamedArrays, latents: HostTensor): ImageStage {
  const { config, types, dataset, seed } = inputs;
  const { model, training } = config;
  const { steps, batchSize } = training.decoder;
  const { truncation } = training.tokeniser;
  const scales = model.tokeniser.scales.length;
  const order = shuffledBatches({
    count: dataset.count,
    batchSize,
    stream: randomStream(seed, "images/decoder-order"),
  });
  const prefixes = randomStream(seed, "images/decoder-prefix");
  const program = decoderProgram(model, training, types);
  const wanted = new Set(program.inputs.map(({ name }) => name));
  return {
    name: "decoder",
    kind: "images/training/decoder",
    steps,
    program: () => program,
    layout: ({ model: found }) => layoutOf({ state: weightStateTypes(weightTypes(found).tokeniser.decoder) }),
    start: () => weightStateFrom(tokeniser, DECODER, types.tokeniser.decoder),
    constants: Object.fromEntries(Object.entries(tokeniser).filter(([name]) => wanted.has(name))),
    batches: (step) => {
      const { indices } = order(step);
      const items = { first: step * batchSize, count: batchSize };
      return {
        latents: gathered(latents.data, dataset.count, indices),
        images: gathered(dataset.images, dataset.count, indices).map((level) => level / 255),
        lastScale: lastScales(prefixes, { items, scales, truncation }),
      };
    },
    scalars: decoderSchedules(training),
  };
}

/** A tokeniser with the decoder of stage 3's state. */
export function withDecoder(tokeniser: NamedArrays, state: NamedArrays): NamedArrays {
  return { ...tokeniser, ...averagedWeights(state, DECODER) };
}
