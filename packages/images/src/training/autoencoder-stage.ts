import { initialiser, layoutOf, parameterNormals, phiNormals, randomStream } from "@nextscale/refinement-core";
import { weightTypes } from "../model/weights.js";
import { initTokeniser } from "../tokeniser/tokeniser.js";
import { warmUpProgram } from "../tokeniser/training-program.js";
import { trainingBatches } from "./batches.js";
import { tokeniserSchedules } from "./schedules.js";
import type { Stage, StageInputs } from "./stage.js";
import { initialWeightState, weightStateTypes } from "./weight-state.js";

/** Stage 1: a plain autoencoder, whose latents the codebooks are then fitted on. */
export function autoencoderStage({ config, types, dataset, seed }: StageInputs): Stage {
  const { model, training } = config;
  const { warmUpSteps, batchSize, shift } = training.tokeniser;
  const batches = trainingBatches(dataset, { batchSize, seed, shift });
  return {
    name: "autoencoder",
    steps: warmUpSteps,
    program: () => warmUpProgram(model, training, types.tokeniser),
    layout: (found) => layoutOf({ state: weightStateTypes(weightTypes(found).tokeniser) }),
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
