import { f32, type NamedArrays } from "@nextscale/engine";
import {
  hostTensor,
  initialiser,
  initLinear,
  linear,
  meanSquaredError,
  parameterNormals,
  parameterTypes,
  SHAPES_ONLY,
  type HostParameters,
  type Initialiser,
  type LinearParameters,
  type Stage,
} from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { cleanBatches } from "../data/batches.js";
import type { DigitSet } from "../data/digits.js";
import { PAPER, totalSteps, type Settings } from "../settings.js";
import type { FrozenAutoencoder } from "../setup/frozen.js";
import { epochFlag } from "./epochs.js";
import type { RunConfig } from "./run-config.js";
import { initialState, parametersOf, stateLayout, trainingProgram } from "./training-program.js";

type AutoencoderParameters = { readonly encoder: LinearParameters; readonly decoder: LinearParameters };

function initAutoencoder(random: Initialiser): HostParameters<AutoencoderParameters> {
  const { pixels, latent } = PAPER;
  return {
    encoder: initLinear(random.at("encoder"), pixels, latent, Math.sqrt(1 / (3 * pixels))),
    decoder: initLinear(random.at("decoder"), latent, pixels, Math.sqrt(1 / (3 * latent))),
  };
}

const types = parameterTypes(initAutoencoder(initialiser(SHAPES_ONLY)));

/** "We pretrain a linear autoencoder with a d = 64 bottleneck using MSE": on clean images, as long as the predictors. */
export function autoencoderStage(digits: DigitSet, settings: Settings, seed: number): Stage<RunConfig> {
  const batchAt = cleanBatches(digits, seed, "autoencoder");
  const batch = { clean: f32(PAPER.batchSize, PAPER.pixels) };
  return {
    name: `autoencoder-seed-${seed}`,
    kind: "paper/training",
    steps: totalSteps(settings),
    program: () =>
      trainingProgram<AutoencoderParameters, { readonly clean: tf.Tensor }>(
        { parameters: types, batch },
        ({ encoder, decoder }, { clean }) => meanSquaredError(clean, linear(decoder, linear(encoder, clean))),
      ),
    layout: () => stateLayout(types),
    start: () => initialState(initAutoencoder(initialiser(parameterNormals(seed), "autoencoder")), types),
    constants: {},
    batches: (step) => ({ "batch/clean": batchAt(step).clean }),
    scalars: { sameEpoch: epochFlag(settings) },
  };
}

/** The autoencoder that a training ended with. */
export function frozenAutoencoder(state: NamedArrays): FrozenAutoencoder {
  const found = parametersOf(state, "autoencoder");
  const layer = (name: "encoder" | "decoder") => ({
    weight: hostTensor(types[name].weight.shape, found[`autoencoder/${name}/weight`]),
    bias: hostTensor(types[name].bias.shape, found[`autoencoder/${name}/bias`]),
  });
  return { encoder: layer("encoder"), decoder: layer("decoder") };
}
