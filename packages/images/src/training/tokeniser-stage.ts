import type { Engine, NamedArrays } from "@nextscale/engine";
import {
  integers,
  layoutOf,
  normals,
  randomStream,
  averagedWeights,
  weightStateTypes,
} from "@nextscale/refinement-core";
import { weightTypes } from "../generator/weights.js";
import { codebooksTypes, tokeniserProgram } from "./tokeniser-program.js";
import { trainingBatches } from "./batches.js";
import { initialCodebooks } from "./initial-codebooks.js";
import { lastScales } from "./last-scales.js";
import { tokeniserSchedules } from "./schedules.js";
import type { ImageStage, StageInputs } from "./run.js";

/** Restarted codes need time to settle: none in the last part of the steps. */
const RESTARTS_UNTIL = 0.85;

/**
 * Stage 2: the quantised autoencoder.
 *
 * @param warm state of stage 1 after its last step
 * @param engine computes the latents that the codebooks are fitted on
 */
export function tokeniserStage(inputs: StageInputs, warm: NamedArrays, engine: Engine): ImageStage {
  const { config, types, dataset, seed } = inputs;
  const { model, training } = config;
  const { steps: allSteps, warmUpSteps, batchSize, shift, truncation } = training.tokeniser;
  const { scales, vocabulary, latentChannels } = model.tokeniser;
  const steps = allSteps - warmUpSteps;
  const batches = trainingBatches(dataset, { batchSize, seed, shift });
  const prefixes = randomStream(seed, "images/prefix");
  const restarts = randomStream(seed, "images/restart");
  const perturbations = randomStream(seed, "images/perturbation");
  return {
    name: "tokeniser",
    kind: "images/training/tokeniser",
    steps,
    program: () => tokeniserProgram(model, training, types.tokeniser),
    layout: ({ model: found }) =>
      layoutOf({ state: weightStateTypes(weightTypes(found).tokeniser), codebooks: codebooksTypes(found) }),
    start: async () => ({ ...warm, ...(await initialCodebooks(inputs, warm, engine)) }),
    constants: {},
    batches: (step) => {
      const { images, firstItem } = batches(step + warmUpSteps);
      const items = { first: firstItem, count: batchSize };
      const choices = scales.map((side, k) => {
        const drawn = integers(restarts, { items: [step], scale: k, draws: vocabulary }, batchSize * side * side);
        return [`restart/choices/${k}`, drawn] as const;
      });
      const noise = scales.map((side, k) => {
        const drawn = normals(perturbations, { items, scale: k, sites: side * side, draws: latentChannels });
        return [`perturbation/${k}`, drawn] as const;
      });
      return {
        images,
        lastScale: lastScales(prefixes, { items, scales: scales.length, truncation }),
        "restart/active": Float32Array.of(step < RESTARTS_UNTIL * steps ? 1 : 0),
        ...Object.fromEntries<NamedArrays[string]>([...choices, ...noise]),
      };
    },
    scalars: tokeniserSchedules(training, warmUpSteps),
  };
}

/** What a finished model keeps of stage 2's state: averaged weights and embeddings. */
export function finishedTokeniser(state: NamedArrays, { tokeniser }: StageInputs["config"]["model"]): NamedArrays {
  const embeddings = tokeniser.scales.map((_, k) => [`embeddings/${k}`, state[`codebooks/${k}/embedding`]!] as const);
  return { ...averagedWeights(state, "tokeniser"), ...Object.fromEntries(embeddings) };
}
