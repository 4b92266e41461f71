import {
  initialiser,
  layoutOf,
  parameterNormals,
  phiNormals,
  randomStream,
  initialWeightState,
  weightStateTypes,
} from "@nextscale/refinement-core";
import { weightTypes } from "../generator/weights.js";
import { initTokeniser } from "../tokeniser/tokeniser.js";
import { warmUpProgram } from "./tokeniser-program.js";
import { trainingBatches } from "./batches.js";
import { tokeniserSchedules } from "./schedules.js";
import type { ImageStage, StageInputs } from "./run.js";

/** Stage 1: a plain autoencoder, whose latents the codebooks are then fitted on. */
export function autoencoderStage({ config, types, dataset, seed }: StageInputs): ImageStage {
  const { model, training } = config;
  const { warmUpSteps, batchSize, shift } = training.tokeniser;
  const batches = trainingBatches(dataset, { batchSize, seed, shift });
  return {
    name: "autoencoder",
    kind: "images/training/autoencoder",
    steps: warmUpSteps,
    program: () => warmUpProgram(model, training, types.tokeniser),
    layout: ({ model: found }) => layoutOf({ state: weightStateTypes(weightTypes(found).tokeniser) }),
    start: () => {
      const random = initialiser(parameterNormals(seed), "tokeniser");
      const phiRandom = initialiser(phiNormals(randomStream(seed, "phi")));
      return initialWeightState(initTokeniser(model, random, phiRandom), types.tokeniser);
    },
    constants: {},
    batches: (step) => ({ images: batches(step).images }),
    scalars: tokeniserSchedules(training, 0),
  };
}
